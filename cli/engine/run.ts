import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { UserError } from "../console/error.ts";
import type { EngineRequest, FromChild, ToChild } from "./protocol.ts";
import type { Progress, RunResult } from "./result.ts";

const childModule = fileURLToPath(new URL("child.ts", import.meta.url));

/** How a run is watched and stopped. */
export interface RunControl {
  /** The first abort lets the engine finish what is under way; `kill` ends it at once. */
  readonly interrupt?: AbortSignal;
  readonly kill?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** What the program and its SDKs print. Default: thrown away. */
  readonly onOutput?: (text: string) => void;
}

/**
 * Runs one operation on one stack in a child process. Rejects with a UserError when the run could not begin;
 * a failed deployment is a result.
 * @param environment the child's whole environment.
 */
export function runEngine(
  request: EngineRequest,
  environment: Readonly<Record<string, string | undefined>>,
  control: RunControl = {},
): Promise<RunResult> {
  const { interrupt, kill, onProgress, onOutput } = control;
  const child = fork(childModule, [], {
    env: { ...environment },
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "json",
  });
  const tell = (message: ToChild): void => {
    if (child.connected) child.send(message);
  };
  const onInterrupt = () => tell({ kind: "interrupt" });
  const onKill = () => tell({ kind: "kill" });

  return new Promise<RunResult>((resolve, reject) => {
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-4000);
        onOutput?.(text);
      });
    }
    child.on("message", (message: FromChild) => {
      if (message.kind === "progress") onProgress?.(message.progress);
      else if (message.kind === "result") resolve(message.result);
      else reject(new UserError(message.message));
    });
    child.on("error", reject);
    child.on("close", (code, signal) =>
      reject(
        kill?.aborted
          ? new UserError(`${request.stack}: killed before it was finished; run the same command again to repair`, 130)
          : new UserError(
              `${request.stack}: the process that runs the program ended early (${signal ?? code})${said === "" ? "" : `:\n${said.trimEnd()}`}`,
            ),
      ),
    );
    interrupt?.addEventListener("abort", onInterrupt);
    kill?.addEventListener("abort", onKill);
    tell({ kind: "run", request });
    if (interrupt?.aborted) onInterrupt();
  }).finally(() => {
    interrupt?.removeEventListener("abort", onInterrupt);
    kill?.removeEventListener("abort", onKill);
  });
}
