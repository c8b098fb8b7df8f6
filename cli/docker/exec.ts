import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type Docker from "dockerode";

/** What a command in a running container prints. Throws with its error output where it fails. */
export async function runIn(container: Docker.Container, words: readonly string[]): Promise<string> {
  const command = await container.exec({ Cmd: [...words], AttachStdout: true, AttachStderr: true });
  const stream = await command.start({});
  const [out, error] = [new PassThrough(), new PassThrough()];
  container.modem.demuxStream(stream, out, error);
  const ended = () => {
    out.end();
    error.end();
  };
  stream.once("end", ended).once("close", ended);
  const [printed, complaint] = await Promise.all([text(out), text(error)]);
  const { ExitCode } = await command.inspect();
  if (ExitCode !== 0) throw new Error(`${words[0]} failed (${ExitCode}): ${complaint.trim() || printed.trim()}`);
  return printed;
}
