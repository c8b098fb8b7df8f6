import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { fullKey } from "../../stacks/error.ts";
import { mirroredEnvironment, readMirrored } from "../../stacks/mirrored.ts";
import { readReleases, releaseEnvironment } from "../../stacks/releases.ts";
import { secretsFileVariable } from "../../stacks/secrets.ts";
import { UserError } from "../console/error.ts";
import { ensurePulumi } from "../setup/pulumi.ts";
import { type DeveloperHome, developerHome, developersConfig, makeDeveloperHome } from "./developer/home.ts";
import { policyEnvironment, policyPack } from "./environment.ts";
import { clearAfterKill } from "./killed.ts";
import { backendInUse, isService } from "./login.ts";
import { type Project, readStackFile } from "./project.ts";
import type { Operation, RunResult } from "./result.ts";
import { type RunControl, runEngine } from "./run.ts";
import { formatStackFile, parseStackFile, type StackFile } from "./stack-file.ts";
import type { StackOf } from "./stacks.ts";
import { chooseProvider, type DrivenTarget, drivenTargetOf } from "./target-provider.ts";

/** The stack that every developer has for themselves. */
export const developersStack = "dev";

/** A stack in the backend where it really is, with everything that a run of it needs. */
export interface LiveStack extends StackOf {
  readonly backend: string;
  readonly pulumi: string;
  /** Folder with the Pulumi.yaml and Pulumi.<stack>.yaml that the engine reads. */
  readonly workDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The target whose resources are made by our driver; undefined where plugins make all. */
  readonly driver: DrivenTarget | undefined;
}

/**
 * Finds out where the stack's state is and makes what dev needs. Throws a UserError that says the way out where
 * nobody is logged in, or the passphrase is missing.
 * @param config laid over the developer's own stack's, whole keys with their namespace; other stacks have what is checked in.
 */
export async function openLive(stackOf: StackOf, config: StackFile["config"] = {}): Promise<LiveStack> {
  const { project, stack, release = readReleases(project.directory, stack)[0] } = stackOf;
  const login = backendInUse(project);
  const isDevelopers = stack === developersStack;
  if (login === undefined && !isDevelopers) {
    throw new UserError(
      `${stack}: nobody is logged in to a Pulumi backend, and only ${developersStack} has one of its own. ` +
        "Run `pulumi login <url>` (s3://…, or app.pulumi.com without a URL), or set PULUMI_BACKEND_URL. " +
        "Without a login: ./platform preview --offline",
    );
  }
  if (!isDevelopers && login === developerHome().backend) {
    throw new UserError(
      `${stack}: PULUMI_BACKEND_URL is ${developersStack}'s own state on this machine (eval "$(./platform env ${developersStack})" set it), which nobody else has. ` +
        "Unset PULUMI_BACKEND_URL and PULUMI_CONFIG_PASSPHRASE_FILE, and log in where the team's state is, or use another shell",
    );
  }
  if (login !== undefined) requirePassphrase(project, stack, login);
  const home = isDevelopers ? await makeDeveloperHome() : undefined;
  const pulumi = await ensurePulumi();
  const driver = await driverOf({ project, stack });
  const ownEnvironment = home === undefined ? {} : developerEnvironment(home, login);
  return {
    ...stackOf,
    backend: login ?? home?.backend ?? "",
    pulumi,
    workDirectory: home === undefined ? project.directory : await fillWorkspace(home, project, stack, config),
    environment: {
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...policyEnvironment(pulumi),
      ...ownEnvironment,
      ...releaseEnvironment(release),
      ...mirroredEnvironment(readMirrored(project.directory, stack)),
    },
    driver,
  };
}

/** The stack's target where our driver serves it; the person is told. */
async function driverOf(stackOf: StackOf): Promise<DrivenTarget | undefined> {
  const target = drivenTargetOf(stackOf);
  if (target === undefined) return undefined;
  const { kind, reason } = await chooseProvider(target);
  if (kind !== "driver") return undefined;
  console.error(`platform: ${stackOf.stack}: what is on ${target} is made by our own driver: ${reason}`);
  return target;
}

/** What plain `pulumi` needs in its environment to work on dev as `./platform` does. Paths, never values. */
export function developerEnvironment(home: DeveloperHome, login: string | undefined): Readonly<Record<string, string>> {
  const own = { PULUMI_BACKEND_URL: home.backend, PULUMI_CONFIG_PASSPHRASE_FILE: home.passphraseFile };
  return { ...(login === undefined ? own : {}), [secretsFileVariable]: home.secretsFile };
}

function requirePassphrase(project: Project, stack: string, backend: string): void {
  const { secretsprovider = "passphrase" } = readStackFile(project, stack);
  const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
  const given = PULUMI_CONFIG_PASSPHRASE !== undefined || Boolean(PULUMI_CONFIG_PASSPHRASE_FILE);
  if (given || isService(backend) || !["passphrase", "default"].includes(secretsprovider)) return;
  throw new UserError(
    `${stack}: its secrets are encrypted with a passphrase, and none is given. ` +
      "Set PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it (or PULUMI_CONFIG_PASSPHRASE). " +
      "Without it: ./platform preview --offline",
  );
}

/**
 * The checkout's two files, with the salt that Pulumi made here at the first run, and without `main`: the program is
 * handed to the engine.
 */
async function fillWorkspace(
  home: DeveloperHome,
  project: Project,
  stack: string,
  config: StackFile["config"],
): Promise<string> {
  const { workspace } = home;
  const file = join(workspace, `Pulumi.${stack}.yaml`);
  const earlier = parseStackFile(await readFile(file, "utf8").catch(() => ""));
  const salt = earlier.encryptionsalt === undefined ? {} : { encryptionsalt: earlier.encryptionsalt };
  const checkedIn = readStackFile(project, stack);
  const database = await databaseSection(home, checkedIn.config);
  await writeFile(
    file,
    formatStackFile({ ...salt, ...checkedIn, config: { ...checkedIn.config, ...database, ...config } }),
  );
  const { main: _, ...settings } = parse(await readFile(join(project.directory, "Pulumi.yaml"), "utf8"));
  await writeFile(join(workspace, "Pulumi.yaml"), stringify(settings));
  return workspace;
}

/** The section `database` with the login that the developer's own database has by now. */
async function databaseSection(home: DeveloperHome, config: StackFile["config"]): Promise<StackFile["config"]> {
  const key = fullKey(["database"]);
  const { database } = await developersConfig(home, { database: config[key] });
  return database === undefined ? {} : { [key]: database };
}

/**
 * Runs one operation on a stack where it really is, with the person's own credentials and the real providers.
 * @param planOnly for refresh and destroy: only find out what would happen.
 * @param refresh for a preview: compare with what is really there.
 * @param message what the stack's history says of an update.
 * @param urns for a refresh: what is refreshed; default: everything.
 */
export async function runLive(
  { project, stack, backend, pulumi, workDirectory, environment, driver }: LiveStack,
  operation: Operation,
  control: RunControl & {
    readonly planOnly?: boolean;
    readonly message?: string;
    readonly refresh?: boolean;
    readonly urns?: readonly string[];
  } = {},
): Promise<RunResult> {
  const { planOnly = false, message, refresh = false, urns } = control;
  const removed = await clearAfterKill(backend, project.name, stack);
  if (removed > 0) console.error(`platform: ${stack}: removed the lock of a process that is no longer there`);
  return runEngine(
    {
      operation,
      stack,
      planOnly,
      refresh,
      ...(message === undefined ? {} : { message }),
      ...(urns === undefined ? {} : { urns }),
      program: project.program,
      workDirectory,
      pulumi,
      environment,
      policyPacks: [policyPack],
      ...(driver === undefined ? {} : { driver }),
      createStack: operation === "up" || stack === developersStack,
    },
    { ...process.env, ...environment },
    control,
  );
}
