import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../../console/error.ts";
import { developersSecrets, makeMissing, makePassword } from "./secrets.ts";

/**
 * What a developer's own stack needs and no team shares, in the user's data folder: state, passphrase, passwords.
 * `${XDG_DATA_HOME:-~/.local/share}/trading-platform/`, readable by the user alone:
 *
 * | entry | holds |
 * |---|---|
 * | `state/` | file backend of dev, for who is logged in to none |
 * | `passphrase` | encrypts the secrets in that state |
 * | `secrets.json` | passwords, certificate and addresses of dev's containers, by the names in the settings; `databaseLogin`, where it was rotated |
 * | `workspace/` | Pulumi.yaml and Pulumi.dev.yaml as the engine reads them: the checkout's, with the encryption salt that Pulumi would else write into the checked-in file |
 */
export interface DeveloperHome {
  readonly directory: string;
  readonly backend: string;
  readonly passphraseFile: string;
  readonly secretsFile: string;
  readonly workspace: string;
}

/** Where it is, whether or not it is there. */
export function developerHome(environment: NodeJS.ProcessEnv = process.env): DeveloperHome {
  const data = environment.XDG_DATA_HOME || join(environment.HOME || homedir(), ".local", "share");
  const directory = join(data, "trading-platform");
  return {
    directory,
    backend: pathToFileURL(join(directory, "state")).href,
    passphraseFile: join(directory, "passphrase"),
    secretsFile: join(directory, "secrets.json"),
    workspace: join(directory, "workspace"),
  };
}

/** Makes what is missing; what is there stays. Throws a UserError where the folder cannot be written or is damaged. */
export async function makeDeveloperHome(home = developerHome()): Promise<DeveloperHome> {
  try {
    for (const folder of [home.directory, home.workspace, join(home.directory, "state")]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    await chmod(home.directory, 0o700);
    await makeOnce(home.passphraseFile, `${makePassword()}\n`);
    await makeOnce(home.secretsFile, "{}\n");
    await fillSecrets(home.secretsFile);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`dev's state and passwords cannot be kept in ${home.directory}: ${reason}`);
  }
  return home;
}

/** What is kept in the developer's file, by key. */
export const keptSecrets = async ({ secretsFile }: DeveloperHome): Promise<Readonly<Record<string, unknown>>> =>
  parseSecrets(secretsFile, await readFile(secretsFile, "utf8"));

/** Sets keys of the developer's file, and removes those that are undefined; all at once or none. */
export async function changeSecrets(
  home: DeveloperHome,
  changes: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  await writeSecrets(home.secretsFile, { ...(await keptSecrets(home)), ...changes });
}

/** The settings' part of dev's file (keys without namespace), with the login that the developer's own database has by now. */
export async function developersConfig(
  home: DeveloperHome,
  config: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const { databaseLogin } = await keptSecrets(home);
  if (databaseLogin === undefined) return config;
  const { database } = config;
  return { ...config, database: { ...(typeof database === "object" ? database : {}), login: databaseLogin } };
}

/** Adds secrets that the file does not have, as after an update of the platform. */
async function fillSecrets(file: string): Promise<void> {
  const kept = parseSecrets(file, await readFile(file, "utf8"));
  if (developersSecrets.every((name) => kept[name] !== undefined)) return;
  await writeSecrets(file, { ...kept, ...(await makeMissing(kept)) });
}

async function writeSecrets(file: string, secrets: Readonly<Record<string, unknown>>): Promise<void> {
  const work = `${file}.${randomUUID()}`;
  await writeFile(work, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
  await rename(work, file);
}

function parseSecrets(file: string, text: string): Readonly<Record<string, unknown>> {
  const damaged = new UserError(
    `${file} is damaged (it must be a JSON object of passwords): repair it, or remove it and destroy and up dev again`,
  );
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    throw damaged;
  }
  throw damaged;
}

/** Writes a file that only its owner reads, whole or not at all, and never over one that is there. */
async function makeOnce(file: string, content: string): Promise<void> {
  if (existsSync(file)) return;
  const work = `${file}.${randomUUID()}`;
  try {
    await writeFile(work, content, { mode: 0o600 });
    await link(work, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(work, { force: true });
  }
}
