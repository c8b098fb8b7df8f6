import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import { z } from "zod";
import { backupName, letInPath } from "../../components/application/backup.ts";
import { isMissing } from "../../offline/docker/daemon/errors.ts";
import { UserError } from "../console/error.ts";
import type { DockerStack } from "../docker/daemon.ts";
import { runIn } from "../docker/exec.ts";
import { dataFolderOf, type RestoreRequest, restoreWords } from "./request.ts";
import { containerOf, reasonOf } from "./stack.ts";

export interface Restored {
  readonly backup: string;
  /** Folder of what was there before, in the database's container. */
  readonly old?: string;
  /** Milliseconds from the database's stop until it answers again. */
  readonly away: number;
}

type Step = <T>(what: string, estimate: string, action: () => Promise<T>) => Promise<T>;

/**
 * Makes the stack's database as it was. Whatever is refused or fails, the database that was there runs again afterwards.
 * @param kill ends the restore; what was there stays.
 */
export async function restore(
  stack: DockerStack,
  request: RestoreRequest,
  step: Step,
  kill: AbortSignal,
): Promise<Restored> {
  const [database, backup] = [await databaseOf(stack), await containerOf(stack, backupName)];
  const data = dataFolderOf(stack.workloads);
  const inBackup = (...more: readonly string[]) =>
    ran(stack.docker, { database, backup, data }, [...restoreWords(data, request), ...more], kill);
  // What can be refused at once is refused while the database runs.
  await step("asking what there is to restore", "5 s", () => inBackup("--check"));
  const stopped = Date.now();
  let [said, away] = ["", 0];
  try {
    // In this order the backup has received all that the database has written when it is stopped itself.
    await step("stopping the database", "5 s", () => stopGently(database));
    await step("stopping its backup", "5 s", () => stopGently(backup));
    said = await step("restoring", "10 s, and a minute for each few GiB", () => inBackup());
  } finally {
    await step("starting the database", "10 s", () => started(database));
    away = Date.now() - stopped;
    // It knows the backup as it was known at that time, or not at all.
    await runIn(database, ["sh", letInPath]);
    await step("starting its backup", "10 s", () => started(backup));
  }
  return { ...restored.parse(JSON.parse(said)), away };
}

const restored = z.object({ backup: z.string(), old: z.string().exactOptional() });

export const databaseOf = (stack: DockerStack): Promise<Docker.Container> => containerOf(stack, "database");

/** Not an error where it is stopped already. */
const stopGently = async (container: Docker.Container): Promise<void> => {
  await container.stop().catch((error: { statusCode?: number }) => {
    if (error.statusCode !== 304) throw error;
  });
};

/** Milliseconds that a database may take to recover. */
const startPatience = 10 * 60_000;

async function started(container: Docker.Container): Promise<void> {
  const { State } = await container.inspect();
  if (!State.Running) await container.start();
  const until = Date.now() + startPatience;
  for (;;) {
    const { State: now, Name } = await container.inspect();
    if (now.Health?.Status === "healthy") return;
    if (Date.now() > until) throw new UserError(`${Name.slice(1)} is not healthy: docker logs ${Name.slice(1)}`);
    await delay(200);
  }
}

interface Place {
  readonly database: Docker.Container;
  readonly backup: Docker.Container;
  /** Of the database. */
  readonly data: string;
}

/** Runs the backup's program once, as its workload is run, but with the database's volume in the place of the network. */
async function ran(
  docker: Docker,
  { database, backup, data }: Place,
  words: readonly string[],
  kill: AbortSignal,
): Promise<string> {
  const [own, theirs] = [await backup.inspect(), await database.inspect()];
  const volume = theirs.Mounts.find(({ Destination }) => data.startsWith(`${Destination}/`));
  if (volume === undefined) throw new Error(`the database has no volume that holds ${data}`);
  const mounts = [...own.Mounts.filter(({ Destination }) => Destination !== volume.Destination), volume];
  const container = await docker.createContainer({
    Image: own.Image,
    User: own.Config.User,
    Env: own.Config.Env,
    Cmd: [...words],
    // The stack's, so that `up` removes what a killed command leaves behind.
    Labels: { ...own.Config.Labels, component: "restore" },
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      ...{ NetworkMode: "none", Init: true, ReadonlyRootfs: true, CapDrop: ["ALL"] },
      ...{ SecurityOpt: own.HostConfig.SecurityOpt, Tmpfs: own.HostConfig.Tmpfs, Memory: own.HostConfig.Memory },
      Mounts: mounts.map(({ Name = "", Destination, RW }) => ({
        Type: "volume",
        Source: Name,
        Target: Destination,
        ReadOnly: !RW,
      })),
    },
  });
  const end = () => void container.kill().catch(() => {});
  kill.addEventListener("abort", end);
  try {
    return await ended(docker, container);
  } finally {
    kill.removeEventListener("abort", end);
    await container.remove({ force: true }).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }
}

/** What it prints. Throws a UserError with its reason where it fails. */
async function ended(docker: Docker, container: Docker.Container): Promise<string> {
  const stream = await container.attach({ stream: true, stdout: true, stderr: true });
  const [out, error] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, out, error);
  const close = () => [out, error].map((each) => each.end());
  stream.once("end", close).once("close", close);
  const printed = Promise.all([text(out), text(error)]);
  await container.start();
  const { StatusCode }: { StatusCode: number } = await container.wait();
  const [said, complaint] = await printed;
  if (StatusCode === 0) return said;
  throw new UserError(reasonOf(complaint.trim() || "the restore was ended; nothing has changed"));
}
