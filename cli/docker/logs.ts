import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import { masked } from "../../components/logging/masks.ts";
import { parseDuration } from "../../components/workload/index.ts";
import { demultiplexed } from "../../offline/docker/daemon/container-log.ts";
import { UserError } from "../console/error.ts";
import { componentOf, containersOf, type DockerStack } from "./daemon.ts";

/** Which lines of containers are printed. */
export interface OwnLogRequest {
  /** Default: all. */
  readonly component?: string;
  /** As `10m`; default: from the start. */
  readonly since?: string;
  /** Default: whatever they hold. */
  readonly correlationId?: string;
  readonly follow: boolean;
}

/**
 * Prints the lines of a component's containers, secrets masked, each behind its name where there are several. Throws a
 * UserError where there is none.
 */
export async function printLogs(
  of: DockerStack,
  { component, since, correlationId, follow }: OwnLogRequest,
  output: NodeJS.WritableStream = process.stdout,
  /** Called before the first line, where there are containers. */
  begin: () => void = () => {},
): Promise<void> {
  const all = await containersOf(of);
  const chosen = component === undefined ? all : all.filter((container) => componentOf(container) === component);
  if (chosen.length === 0) throw nothing(of, component, all);
  begin();
  const from = since === undefined ? 0 : Math.floor(Date.now() / 1000 - parseDuration(since).seconds);
  await Promise.all(
    chosen.map((container) => {
      const prefix = chosen.length === 1 ? "" : `${labelOf(container, chosen)} | `;
      return printLog(of.docker, container.Id, { from, follow, prefix, holding: correlationId ?? "" }, output);
    }),
  );
}

function nothing({ stack }: DockerStack, component: string | undefined, all: readonly Docker.ContainerInfo[]) {
  if (component === undefined) return new UserError(`${stack} has no containers: ./platform up ${stack}`);
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
  readonly holding: string;
}

async function printLog(
  docker: Docker,
  id: string,
  { from, follow, prefix, holding }: Wanted,
  output: NodeJS.WritableStream,
): Promise<void> {
  const container = docker.getContainer(id);
  const lines = linesBehind(prefix, holding);
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

/** Puts a prefix before each line that holds the word, masks its secrets, and never prints half a line. */
export function linesBehind(prefix: string, holding = ""): Transform {
  let rest = "";
  const shown = (lines: readonly string[]): string =>
    lines
      .filter((line) => line.includes(holding))
      .map((line) => `${prefix}${masked(line)}\n`)
      .join("");
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      done(null, shown(lines));
    },
    flush(done) {
      done(null, rest === "" ? "" : shown([rest]));
    },
  });
}
