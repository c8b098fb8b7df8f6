import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import type { Ended } from "../secrets/process.ts";

/** Runs a program in a running container; `input` goes to its stdin. */
export async function feed(container: Docker.Container, words: readonly string[], input: string): Promise<Ended> {
  const command = await container.exec({
    Cmd: [...words],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await command.start({ hijack: true, stdin: true });
  const [out, error] = [new PassThrough(), new PassThrough()];
  container.modem.demuxStream(stream, out, error);
  const ended = () => {
    out.end();
    error.end();
  };
  stream.once("end", ended).once("close", ended);
  stream.end(input);
  const [stdout, stderr] = await Promise.all([text(out), text(error)]);
  const { ExitCode } = await command.inspect();
  return { code: ExitCode, stdout, stderr };
}
