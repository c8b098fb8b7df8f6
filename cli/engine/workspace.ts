import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { TemporaryBackend } from "../../offline/backend.ts";
import type { Project } from "./project.ts";
import { formatStackFile, type StackFile } from "./stack-file.ts";

/** A folder from which the engine reads one stack: Pulumi.yaml, Pulumi.<stack>.yaml, and a home of its own. */
export interface Workspace {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/**
 * The passphrase of temporary states, and the salt that `pulumi stack init` made for it. No secret: what it
 * encrypts are made-up values, in a folder that is removed at the end of the command.
 */
const passphrase = "temporary";
const encryptionsalt = "v1:7UKbTdYZwhk=:v1:pty+EWlfXd0gUIzb:q6LRCnP09onn6zuftqvZvy7039u4jA==";

/**
 * Makes the throw-away workspace of an offline run. The files are written here rather than by CLI calls (`stack
 * init`, `config set`), each of which costs 0.15 s and more.
 */
export async function makeTemporaryWorkspace(
  project: Project,
  stack: string,
  config: StackFile["config"],
  backend: TemporaryBackend,
): Promise<Workspace> {
  const directory = await mkdtemp(join(tmpdir(), "trading-platform-workspace-"));
  const home = join(directory, "home");
  await mkdir(home);
  await Promise.all([
    withoutEngineLog(home),
    writeFile(join(directory, "Pulumi.yaml"), stringify({ name: project.name, runtime: "nodejs" })),
    writeFile(join(directory, `Pulumi.${stack}.yaml`), formatStackFile({ config, encryptionsalt })),
    makeStack(backend.directory, project.name, stack),
  ]);
  return {
    directory,
    environment: {
      HOME: home,
      PULUMI_HOME: home,
      PULUMI_BACKEND_URL: backend.url,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/**
 * The engine logs each of its steps to files in its home, and knows no switch for that. Here they would go with the home
 * at the end, after a quarter of the engine's time went into them. Where the folder cannot be made it does without
 * (pkg/v3/logging/encrypted.go, StartLogging), so a file has its name.
 */
const withoutEngineLog = (home: string): Promise<void> => writeFile(join(home, "logs"), "");

/** An empty stack in a file backend, unless it is there. The layout is version 1 of Pulumi's (pkg/backend/diy). */
async function makeStack(backend: string, project: string, stack: string): Promise<void> {
  const folder = join(backend, ".pulumi", "stacks", project);
  const file = join(folder, `${stack}.json`);
  if (await exists(file)) return;
  await mkdir(folder, { recursive: true });
  const latest = { manifest: { time: new Date(0).toISOString(), magic: "", version: "" }, metadata: {} };
  const checkpoint = { stack: `organization/${project}/${stack}`, latest };
  await writeFile(join(backend, ".pulumi", "meta.yaml"), "version: 1\n");
  await writeFile(file, JSON.stringify({ version: 3, checkpoint }));
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
