import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { stringify } from "yaml";
import { dockerGround } from "../../../cli/docker/ground.ts";
import { labelledAs, leftoversIn } from "../../../cli/docker/leftovers.ts";
import type { Difference } from "../../../cli/drift/drift.ts";
import { findDrift } from "../../../cli/drift/find.ts";
import { openLive, runLive } from "../../../cli/engine/live.ts";
import { previewStacks } from "../../../cli/engine/preview.ts";
import { openProject, type Project } from "../../../cli/engine/project.ts";
import { changeLines } from "../../../cli/engine/report/change.ts";
import type { Deployment, RunResult } from "../../../cli/engine/result.ts";
import { stateOf } from "../../../cli/engine/state.ts";
import { deployRelease } from "../../../cli/release/carry-out.ts";
import { rollBack } from "../../../cli/release/rollback.ts";
import { locked } from "../../../cli/setup/lock.ts";
import type { Releases } from "../../../components/delivery/releases.ts";
import { readReleases } from "../../../stacks/releases.ts";
import { carriedOut, deployed, type Outcome } from "../../support/deployed.ts";
import type { TestDaemon } from "../../support/docker/daemon.ts";
import { endedWhen } from "./ended-when.ts";

/** A newcomer's dev on a real daemon, with a checkout and a home of its own. */
export interface DevStack {
  /** Where public and loopback ports answer: an address of this test alone. */
  readonly address: string;
  /** Where its settings are. */
  readonly checkout: string;
  /** What stands in Pulumi.dev.yaml from now on, beside the target and the addresses. */
  settings(config: Readonly<Record<string, unknown>>): Promise<void>;
  /** As `./platform up|refresh|destroy dev --yes`. */
  run(operation: Deployment): Promise<Outcome>;
  /** As `./platform up dev --release <version> --yes`. */
  release(version: string): Promise<Outcome>;
  /** As `./platform rollback dev --yes`, and with `--to`. */
  rollback(to?: string): Promise<Outcome>;
  /** What is on record. */
  releases(): Releases;
  /** As `./platform preview dev --live`; its lines of changes. */
  preview(): Promise<string>;
  /** As `./platform drift dev`. */
  drift(): Promise<readonly Difference[]>;
  /**
   * `up` in a process of its own, ended by a signal when a point is reached (or by itself, where it is not); resolves
   * when it is gone.
   * @param reached is given what the process says on stderr.
   */
  endedUp(signal: NodeJS.Signals, reached: (said: Readable) => Promise<unknown>): Promise<void>;
  /** As `./platform destroy dev --volumes --yes`. */
  destroyAll(): Promise<Outcome>;
  /** Names of what the daemon has of the stack and the state does not know. */
  orphans(): Promise<readonly string[]>;
  /** As plain `pulumi up`: the engine alone, nothing is taken back. */
  plainUp(): Promise<RunResult>;
  /** Names of what the daemon has of the stack, but for kept volumes. */
  left(): Promise<readonly string[]>;
  /** Removes everything from the daemon, volumes with data too. */
  clear(): Promise<void>;
  /** Clears the daemon, and removes checkout and home. */
  remove(): Promise<void>;
}

/** Milliseconds for the first `up` of a test: it waits for others, and on a new machine builds every image. */
export const firstUp = 3_600_000;

const testProgram = join(import.meta.dirname, "program.ts");
const namespace = "trading-platform";
const never = new AbortController().signal;

/** There is one `dev` on a daemon: tests that make it wait for each other. Answers what gives it free again. */
async function theOnlyOne({ host }: TestDaemon): Promise<() => void> {
  const acquired = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const daemon = createHash("sha256").update(host).digest("hex").slice(0, 12);
  const lock = join(tmpdir(), `trading-platform-e2e-dev-${daemon}.lock`);
  const held = locked(lock, () => {
    acquired.resolve();
    return done.promise;
  });
  await Promise.race([acquired.promise, held]);
  return done.resolve;
}

const ofDev = { label: [`project=${namespace}`, "stack=dev"] };

/** Removes what an earlier test left, if it was killed; throws where it may be a developer's own dev, with its data. */
async function requireNoOtherDev({ docker, testsOwn, host }: TestDaemon): Promise<void> {
  if (testsOwn) return removeDev(docker);
  const [containers, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters: ofDev }),
    docker.listVolumes({ filters: ofDev }),
  ]);
  if (containers.length + Volumes.length === 0) return;
  throw new Error(
    `${host} has a dev stack of somebody's (${containers.length} containers, ${Volumes.length} volumes), which this would remove: ` +
      "destroy it and remove its volumes first, or name another daemon in DOCKER_HOST",
  );
}

/** Everything that is labelled as dev's, volumes with data too. */
async function removeDev(docker: Docker): Promise<void> {
  for (const { Id } of await docker.listContainers({ all: true, filters: ofDev }))
    await docker.getContainer(Id).remove({ force: true, v: true });
  for (const { Id } of await docker.listNetworks({ filters: ofDev })) await docker.getNetwork(Id).remove();
  for (const { Name } of (await docker.listVolumes({ filters: ofDev })).Volumes) await docker.getVolume(Name).remove();
}

/**
 * Its home and its daemon are in this process's environment while it is there.
 * @param program default: the platform's, with a backend that tests can make fail.
 */
export async function makeDevStack(daemon: TestDaemon, address: string, program = testProgram): Promise<DevStack> {
  const giveFree = await theOnlyOne(daemon);
  try {
    await requireNoOtherDev(daemon);
  } catch (error) {
    giveFree();
    throw error;
  }
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

  const stackOf = () => ({ project: project(), stack: "dev" });
  const grounded = { groundOf: dockerGround };
  const run = (operation: Deployment) => deployed(stackOf(), operation, grounded);
  const left = async () =>
    (await labelledAs(daemon.docker, namespace, "dev")).filter(({ kept }) => !kept).map(({ name }) => name);

  const clear = async (): Promise<void> => {
    await run("destroy");
    await removeDev(daemon.docker);
  };

  return {
    address,
    checkout,
    settings,
    run,
    release: (version) => carriedOut(stackOf(), grounded, (request) => deployRelease(request, version)),
    rollback: (to) => carriedOut(stackOf(), grounded, (request) => rollBack(request, to)),
    releases: () => readReleases(checkout, "dev"),
    drift: () => findDrift(stackOf(), {}, dockerGround),
    destroyAll: () => deployed(stackOf(), "destroy", { ...grounded, volumes: true }),
    plainUp: async () => {
      const ground = await dockerGround(stackOf(), "up");
      return runLive(await openLive(stackOf(), ground?.config), "up");
    },
    preview: async () => {
      const [shown] = await previewStacks({
        stacks: [stackOf()],
        mode: "live",
        groundOf: dockerGround,
        interrupts: { interrupt: never, kill: never, stop: () => {} },
        say: () => {},
      });
      return shown === undefined ? "" : changeLines(shown.result).join("\n");
    },
    endedUp: async (signal, reached) => {
      await endedWhen(["up.ts", checkout], { signal, reached });
    },
    orphans: async () => {
      const live = await openLive(stackOf());
      const labelled = await labelledAs(daemon.docker, namespace, "dev");
      return leftoversIn(labelled, await stateOf(live)).map(({ name }) => name);
    },
    left,
    clear,
    remove: async () => {
      await clear();
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
      await rm(home, { recursive: true, force: true });
      giveFree();
    },
  };
}
