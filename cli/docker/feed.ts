import type Docker from "dockerode";
import type { Ended } from "../process.ts";
import { endOf } from "./exec.ts";

/** Runs a program in a running container; `input` goes to its stdin. */
export async function feed(container: Docker.Container, words: readonly string[], input: string): Promise<Ended> {
  const command = await container.exec({
    Cmd: [...words],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await command.start({ hijack: true, stdin: true });
  const ended = endOf(container, command, stream);
  stream.end(input);
  return ended;
}
