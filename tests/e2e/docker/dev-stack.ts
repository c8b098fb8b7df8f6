import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { dockerGround } from "../../../cli/docker/ground.ts";
import { labelledAs, leftoversIn } from "../../../cli/docker/leftovers.ts";
import { deploy } from "../../../cli/engine/deploy.ts";
import { openLive, runLive } from "../../../cli/engine/live.ts";
import { openProject, type Project } from "../../../cli/engine/project.ts";
import type { Deployment, RunResult } from "../../../cli/engine/result.ts";
import { stateOf } from "../../../cli/engine/state.ts";
import { locked } from "../../../cli/setup/lock.ts";
import type { TestDaemon } from "../../support/docker/daemon.ts";

/** What a command printed, and its refusal if there is one. */
export interface Outcome {
  readonly printed: string;
  readonly refusal: string | undefined;
}

/** A newcomer's dev on a real daemon, with a checkout and a home of its own. */
export interface DevStack {
  /** Where public and loopback ports answer: an address of this test alone. */
  readonly address: string;
  /** What stands in Pulumi.dev.yaml from now on, beside the target and the addresses. */
  settings(config: Readonly<Record<string, unknown>>): Promise<void>;
  /** As `./platform up|refresh|destroy dev --yes`. */
  run(operation: Deployment): Promise<Outcome>;
  /** `up` in a process of its own, ended by a signal after so long, in ms; resolves when it is gone. */
  endedUp(signal: NodeJS.Signals, after: number): Promise<void>;
  /** Names of what the daemon has of the stack and the state does not know. */
  orphans(): Promise<readonly string[]>;
  /** As plain `pulumi up`: the engine alone, nothing is taken back. */
  plainUp(): Promise<RunResult>;
  /** Names of what the daemon has of the stack, but for kept volumes. */
  left(): Promise<readonly string[]>;
  /** Removes everything, volumes with data too. */
  remove(): Promise<void>;
}

/** Milliseconds for the first `up` of a test: it waits for others, and on a new machine builds every image. */
export const firstUp = 3_600_000;

const program = join(import.meta.dirname, "program.ts");
const never = new AbortController().signal;
const namespace = "trading-platform";

/** There is one `dev` on a daemon: tests that make it wait for each other. Answers what gives it free again. */
async function theOnlyOne(): Promise<() => void> {
  const acquired = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const lock = join(tmpdir(), "trading-platform-e2e-dev.lock");
  const held = locked(lock, () => {
    acquired.resolve();
    return done.promise;
  });
  await Promise.race([acquired.promise, held]);
  return done.resolve;
}

/** Its home and its daemon are in this process's environment while it is there. */
export async function makeDevStack(daemon: TestDaemon, address: string): Promise<DevStack> {
  const giveFree = await theOnlyOne();
  const home = await mkdtemp(join(tmpdir(), "trading-platform-e2e-"));
  const before = { ...process.env };
  process.env.XDG_DATA_HOME = home;
  process.env.DOCKER_HOST = daemon.host;
  for (const name of ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE"])
    delete process.env[name];
  process.env.PULUMI_HOME = join(home, "pulumi");
  const checkout = join(home, "checkout");
  await mkdir(checkout);
  await writeFile(
    join(checkout, "Pulumi.yaml"),
    stringify({ name: namespace, runtime: "nodejs", main: relative(checkout, program) }),
  );
  const project = (): Project => openProject(checkout);
  const settings = async (config: Readonly<Record<string, unknown>>): Promise<void> => {
    const docker = { loopbackAddress: address, publicAddress: address };
    const all = { [`${namespace}:target`]: "docker", [`${namespace}:docker`]: docker, ...config };
    await writeFile(join(checkout, "Pulumi.dev.yaml"), stringify({ config: all }));
  };
  await settings({});

  const run = async (operation: Deployment): Promise<Outcome> => {
    const printed: string[] = [];
    const refusal = await deploy({
      stackOf: { project: project(), stack: "dev" },
      operation,
      groundOf: dockerGround,
      interrupts: { interrupt: never, kill: never, stop: () => {} },
      print: (text) => printed.push(text),
      confirm: async () => true,
    }).then(
      () => undefined,
      (error: Error) => error.message,
    );
    return { printed: printed.join("\n"), refusal };
  };
  const left = async () => (await labelledAs(daemon.docker, namespace, "dev")).map(({ name }) => name);

  return {
    address,
    settings,
    run,
    plainUp: async () => {
      const stackOf = { project: project(), stack: "dev" };
      const ground = await dockerGround(stackOf, "up");
      return runLive(await openLive(stackOf, ground?.config), "up");
    },
    endedUp: async (signal, after) => {
      const child = spawn(process.execPath, [join(import.meta.dirname, "up.ts"), checkout], { stdio: "ignore" });
      const gone = new Promise((resolve) => child.once("close", resolve));
      const timer = setTimeout(() => child.kill(signal), after);
      await gone;
      clearTimeout(timer);
    },
    orphans: async () => {
      const live = await openLive({ project: project(), stack: "dev" });
      const labelled = await labelledAs(daemon.docker, namespace, "dev");
      return leftoversIn(labelled, await stateOf(live)).map(({ name }) => name);
    },
    left,
    remove: async () => {
      await run("destroy");
      const filters = { label: [`project=${namespace}`, "stack=dev"] };
      for (const { Id } of await daemon.docker.listContainers({ all: true, filters }))
        await daemon.docker.getContainer(Id).remove({ force: true, v: true });
      for (const { Id } of await daemon.docker.listNetworks({ filters })) await daemon.docker.getNetwork(Id).remove();
      for (const { Name } of (await daemon.docker.listVolumes({ filters })).Volumes)
        await daemon.docker.getVolume(Name).remove();
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
      await rm(home, { recursive: true, force: true });
      giveFree();
    },
  };
}
