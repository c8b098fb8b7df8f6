import { type Duplex, PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import type { Ended } from "../process.ts";

/** What a command in a running container prints. Throws with its error output where it fails. */
export async function runIn(container: Docker.Container, words: readonly string[]): Promise<string> {
  const command = await container.exec({ Cmd: [...words], AttachStdout: true, AttachStderr: true });
  const { code, stdout, stderr } = await endOf(container, command, await command.start({}));
  if (code !== 0) throw new Error(`${words[0]} failed (${code}): ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

/** Waits for a command that was started: what it printed, and its exit code. */
export async function endOf(container: Docker.Container, command: Docker.Exec, stream: Duplex): Promise<Ended> {
  const [out, error] = [new PassThrough(), new PassThrough()];
  container.modem.demuxStream(stream, out, error);
  const ended = () => {
    out.end();
    error.end();
  };
  stream.once("end", ended).once("close", ended);
  const [stdout, stderr] = await Promise.all([text(out), text(error)]);
  const { ExitCode } = await command.inspect();
  return { code: ExitCode, stdout, stderr };
}
