import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** When a process is to be ended. */
export interface Ending {
  readonly signal: NodeJS.Signals;
  /**
   * Resolves at that point. It is given what the process says on stderr; where it is never reached, the process ends by
   * itself. Who waited in vain throws, and the process is killed.
   */
  readonly reached: (said: Readable) => Promise<unknown>;
}

/** Runs a program of this folder in a process of its own, ended on its way; its exit code, or the signal it died of. */
export async function endedWhen(
  [program, ...words]: readonly [string, ...string[]],
  { signal, reached }: Ending,
): Promise<number | NodeJS.Signals> {
  const child = spawn(process.execPath, [join(import.meta.dirname, program), ...words], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const gone = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once("close", (code, died) => resolve(died ?? code ?? 1)),
  );
  // Read to the end, whatever `reached` reads: the process would wait for a reader.
  child.stderr.setEncoding("utf8").resume();
  void reached(child.stderr).then(
    () => child.kill(signal),
    () => child.kill("SIGKILL"),
  );
  return gone;
}
