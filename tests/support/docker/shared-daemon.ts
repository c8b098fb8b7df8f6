import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Docker from "dockerode";
import { isAlive, locked } from "../../../cli/setup/lock.ts";
import { removeDaemonFolder } from "./daemon-folder.ts";
import { answers, daemonsFolder, startPrivateDaemon, stopPrivateDaemon } from "./private-daemon.ts";

/** A daemon that a test may use. What a test makes on it, it labels as its own and removes. */
export interface TestDaemon {
  readonly docker: Docker;
  /** For DOCKER_HOST. */
  readonly host: string;
  /** False for a daemon that was there before, on which somebody may have a stack of their own. */
  readonly testsOwn: boolean;
  /** To be called when the test is through. */
  release(): Promise<void>;
}

const leases = join(daemonsFolder, "leases");
const data = join(daemonsFolder, "daemon");
const socketPath = join(data, "docker.sock");

let uses = 0;

/**
 * The tests' own daemon on this machine: started by the first that needs it, ended by the last that used it. Who uses
 * it leaves a file named by its process, so that a test that was killed does not keep it alive.
 */
export async function sharedDaemon(): Promise<TestDaemon> {
  await mkdir(leases, { recursive: true });
  const docker = new Docker({ socketPath, host: undefined, protocol: "http" });
  const lease = join(leases, `${process.pid}-${uses++}`);
  await exclusively(async () => {
    await writeFile(lease, "");
    if (await answers(docker)) return;
    await removeDaemonFolder(data);
    await mkdir(data);
    await startPrivateDaemon({ network: "machine", directory: data });
  });
  return {
    docker,
    host: `unix://${socketPath}`,
    testsOwn: true,
    release: () => exclusively(() => leave(docker, lease)),
  };
}

async function leave(docker: Docker, lease: string): Promise<void> {
  await rm(lease, { force: true });
  const others = await readdir(leases);
  if (others.some((file) => isAlive(Number.parseInt(file, 10)))) return;
  const pid = Number(await readFile(join(data, "dockerd.pid"), "utf8"));
  await stopPrivateDaemon({ docker, directory: data, pid });
}

const exclusively = <Result>(action: () => Promise<Result>): Promise<Result> =>
  locked(join(daemonsFolder, "lock"), action, new AbortController().signal);
