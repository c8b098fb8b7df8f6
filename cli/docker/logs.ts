import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import { isDuration, parseDuration } from "../../components/workload/index.ts";
import { demultiplexed } from "../../offline/docker/daemon/container-log.ts";
import { nearest } from "../../stacks/nearest.ts";
import { UserError } from "../console/error.ts";
import { componentOf, containersOf, type DockerStack } from "./daemon.ts";

export interface LogRequest {
  /** Default: all. */
  readonly component?: string;
  /** As `10m`; default: from the start. */
  readonly since?: string;
  readonly follow: boolean;
}

/** Prints the lines of a component's containers, each behind its name where there are several. Throws a UserError for bad words. */
export async function printLogs(
  of: DockerStack,
  { component, since, follow }: LogRequest,
  output: NodeJS.WritableStream = process.stdout,
): Promise<void> {
  if (since !== undefined && !isDuration(since)) {
    throw new UserError(`--since is "${since}"; it must be a time like 30s, 10m or 2h`, 2);
  }
  const all = await containersOf(of);
  const chosen = component === undefined ? all : all.filter((container) => componentOf(container) === component);
  if (chosen.length === 0) throw nothing(of, component, all);
  const from = since === undefined ? 0 : Math.floor(Date.now() / 1000 - parseDuration(since).seconds);
  await Promise.all(
    chosen.map((container) => {
      const prefix = chosen.length === 1 ? "" : `${labelOf(container, chosen)} | `;
      return printLog(of.docker, container.Id, { from, follow, prefix }, output);
    }),
  );
}

function nothing(
  { stack, workloads }: DockerStack,
  component: string | undefined,
  all: readonly Docker.ContainerInfo[],
) {
  if (component === undefined) return new UserError(`${stack} has no containers: ./platform up ${stack}`);
  const names = workloads.map(({ name }) => name);
  const meant = nearest(component, names);
  if (!names.includes(component)) {
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    return new UserError(`${stack} has no component "${component}"${hint} There are ${names.join(", ")}`, 2);
  }
  const running = [...new Set(all.map(componentOf))].join(", ") || "nothing";
  return new UserError(`${component} has no container in ${stack} (there is ${running}): ./platform status ${stack}`);
}

/** The component, and which of its containers where there are several. */
function labelOf(container: Docker.ContainerInfo, chosen: readonly Docker.ContainerInfo[]): string {
  const component = componentOf(container);
  const alike = chosen.filter((other) => componentOf(other) === component);
  return alike.length === 1 ? component : `${component} ${container.Id.slice(0, 6)}`;
}

interface Wanted {
  /** Seconds since 1970. */
  readonly from: number;
  readonly follow: boolean;
  readonly prefix: string;
}

async function printLog(
  docker: Docker,
  id: string,
  { from, follow, prefix }: Wanted,
  output: NodeJS.WritableStream,
): Promise<void> {
  const container = docker.getContainer(id);
  const lines = linesBehind(prefix);
  const written = pipeline(lines, output, { end: false });
  const wanted = { stdout: true, stderr: true, since: from };
  if (follow) {
    const stream = await container.logs({ ...wanted, follow: true });
    container.modem.demuxStream(stream, lines, lines);
    stream.on("end", () => lines.end());
    stream.on("error", (error) => lines.destroy(error));
  } else {
    lines.end(demultiplexed(await container.logs({ ...wanted, follow: false })));
  }
  // A reader that has seen enough, as `head`, is no failure.
  await written.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

/** Puts a prefix before each line, and never prints half a line. */
export function linesBehind(prefix: string): Transform {
  let rest = "";
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      done(null, lines.map((line) => `${prefix}${line}\n`).join(""));
    },
    flush(done) {
      done(null, rest === "" ? "" : `${prefix}${rest}\n`);
    },
  });
}
