import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import type { Settings } from "../../../components/settings.ts";
import type { Command } from "../../../components/targets/tunnel.ts";
import { UserError } from "../../console/error.ts";
import { componentOf, containersOf, openDockerStack } from "../../docker/daemon.ts";
import { feed } from "../../docker/feed.ts";
import { freePort } from "../../open/free-port.ts";
import { secretValue } from "../../open/secret.ts";
import { openedTunnel } from "../../open/tunnel.ts";
import { type Ended, runProgram } from "../../process.ts";

/** The database's administrator at work. */
export interface Administrator {
  /** Runs statements by psql and answers what they print, without headings. Throws with the server's message. */
  run(statements: string): Promise<string>;
  close(): Promise<void>;
}

/** psql's words: no start file, plain rows, an error ends it. */
export const psqlWords = ({ user, name }: { readonly user: string; readonly name: string }): readonly string[] => [
  "--no-psqlrc",
  "--quiet",
  "--tuples-only",
  "--no-align",
  "--set=ON_ERROR_STOP=1",
  `--username=${user}`,
  `--dbname=${name}`,
];

/** By a psql that a command starts; statements go by stdin. */
export const administratorBy = (
  { program, words }: Command,
  environment: NodeJS.ProcessEnv = {},
  close = async (): Promise<void> => {},
): Administrator => ({
  run: async (input) => {
    const ended = await runProgram({ program, words }, { input, environment });
    if (ended === undefined) throw new UserError(`${program} is not on PATH: it leads to the database`);
    return printed(ended);
  },
  close,
});

function printed({ code, stdout, stderr }: Ended): string {
  if (code !== 0) throw new UserError(`the database refuses: ${stderr.trim()}`);
  return stdout.trimEnd();
}

/**
 * The way to a stack's database: into its container, where the server's own socket asks for no password; to a managed one
 * by a tunnel, with the password that is kept.
 */
export async function openAdministrator(settings: Settings): Promise<Administrator> {
  const { stack, target, database } = settings;
  const psql = psqlWords(database);
  if (database.management === "managed") return byTunnel(settings, psql);
  const inside = target.inside("database", stack);
  if (inside === undefined) return inContainer(stack, psql);
  return administratorBy({ program: inside.program, words: [...inside.words, "psql", ...psql] });
}

async function inContainer(stack: string, psql: readonly string[]): Promise<Administrator> {
  const opened = await openDockerStack(stack);
  const found = (await containersOf(opened)).find(
    (container) => componentOf(container) === "database" && container.State === "running",
  );
  if (found === undefined) throw new UserError(`${stack}: its database does not run; ./platform up ${stack} starts it`);
  return administratorIn(opened.docker.getContainer(found.Id), psql);
}

/** By the psql of the database's own container. */
export const administratorIn = (container: Docker.Container, psql: readonly string[]): Administrator => ({
  run: async (statements) => printed(await feed(container, ["psql", ...psql], statements)),
  close: async () => {},
});

async function byTunnel(settings: Settings, psql: readonly string[]): Promise<Administrator> {
  const password = await secretValue(settings, "databasePassword");
  const localPort = await freePort();
  const { close } = await openedTunnel(settings, "database", 5432, localPort);
  // The tunnel ends at this machine: who signed is asked, the name is the tunnel's.
  const folder = await mkdtemp(join(tmpdir(), "database-authority-"));
  const authority = join(folder, "authority.pem");
  await writeFile(authority, settings.target.managedTls()?.databaseAuthority ?? "");
  const words = ["--host=localhost", `--port=${localPort}`, ...psql];
  const environment = { PGPASSWORD: password, PGSSLMODE: "verify-ca", PGSSLROOTCERT: authority };
  return administratorBy({ program: "psql", words }, environment, async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  });
}
