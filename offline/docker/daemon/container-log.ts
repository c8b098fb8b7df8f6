import type Docker from "dockerode";

/** What a person needs to see the cause. */
const lastLines = 20;
const longestLine = 400;

/** The last lines that a container wrote; none where its log driver keeps none that can be read. */
export async function lastLogLines(container: Docker.Container, tty: boolean): Promise<readonly string[]> {
  return (await logOf(container, tty, lastLines).catch(() => ""))
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)}…` : line));
}

/** What a container wrote on both its outputs. `tail`: only the last so many lines. */
export async function logOf(container: Docker.Container, tty: boolean, tail?: number): Promise<string> {
  const answer: unknown = await container.logs({ stdout: true, stderr: true, ...(tail === undefined ? {} : { tail }) });
  // A log that happens to be JSON is parsed by the client.
  const log = Buffer.isBuffer(answer)
    ? answer
    : Buffer.from(typeof answer === "string" ? answer : JSON.stringify(answer));
  return tty ? log.toString() : demultiplexed(log);
}

const headerLength = 8;

/**
 * Both outputs in the order of writing. Each piece has a header of eight bytes: which output, three zeros, its length.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
export function demultiplexed(log: Buffer): string {
  const pieces: Buffer[] = [];
  for (let at = 0; at + headerLength <= log.length; ) {
    const end = at + headerLength + log.readUInt32BE(at + 4);
    pieces.push(log.subarray(at + headerLength, end));
    at = end;
  }
  return Buffer.concat(pieces).toString();
}
