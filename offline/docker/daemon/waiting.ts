import type Docker from "dockerode";
import { poll } from "../../cancellation.ts";

/** A container that is not what it was waited for to be, and why. */
export class WaitFailure extends Error {}

/** Waits until a container is healthy, as long as it can still become so. Throws a WaitFailure. */
export async function untilHealthy(container: Docker.Container, seconds: number, signal: AbortSignal): Promise<void> {
  let last: Docker.ContainerInspectInfo | undefined;
  const verdict = await interruptible("healthy", () =>
    poll(
      async () => {
        last = await container.inspect();
        return verdictOn(last);
      },
      seconds * 1000,
      signal,
    ),
  );
  if (verdict === "healthy") return;
  throw new WaitFailure(verdict ?? `not healthy within ${seconds} s${last === undefined ? "" : `: ${stateOf(last)}`}`);
}

/** Waits until a container that runs once has ended. */
export async function untilEnded(container: Docker.Container, seconds: number, signal: AbortSignal): Promise<void> {
  const ended = await interruptible("ended", () =>
    poll(async () => (runs(await container.inspect()) ? undefined : true), seconds * 1000, signal),
  );
  if (ended === undefined) throw new WaitFailure(`still running after ${seconds} s`);
}

async function interruptible<Answer>(wanted: string, wait: () => Promise<Answer>): Promise<Answer> {
  try {
    return await wait();
  } catch (error) {
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    throw new WaitFailure(`the update was interrupted before it was ${wanted}`);
  }
}

/** "healthy", why it never will be, or undefined while that is open. */
export function verdictOn(info: Docker.ContainerInspectInfo): string | undefined {
  const { State, Config } = info;
  if (State.Health?.Status === "healthy") return "healthy";
  const test = Config.Healthcheck?.Test?.[0];
  if (test === undefined || test === "NONE") {
    return "wait is true, but neither the container nor its image has a health check; state one, or leave wait out";
  }
  return runs(info) ? undefined : stateOf(info);
}

/** Whether it runs, or the daemon is about to start it again. */
export const runs = ({ State }: Docker.ContainerInspectInfo): boolean => State.Running || State.Restarting;

/**
 * Whether it runs and its health check does not pass: one that failed so often as it was given, or that the daemon starts
 * again and again. One that was started a moment ago is only starting.
 */
export const isSick = ({ State, RestartCount }: Docker.ContainerInspectInfo): boolean =>
  (State.Running && State.Health?.Status === "unhealthy") || (State.Restarting && RestartCount > 0);

/** `unhealthy, restarted 3 times, last exit code 1`. */
export function stateOf({ State, RestartCount }: Docker.ContainerInspectInfo): string {
  const { Status, Running, ExitCode, OOMKilled, Error: problem, Health } = State;
  const neverRan = Status === "created";
  return [
    Running && Health !== undefined ? Health.Status : neverRan ? "it was never started" : Running ? "it runs" : "",
    RestartCount > 0 ? `restarted ${RestartCount} times` : "",
    !neverRan && (!Running || RestartCount > 0)
      ? `${Running ? "last exit code" : "it ended with exit code"} ${ExitCode}`
      : "",
    OOMKilled ? "it was ended for want of memory" : "",
    problem,
  ]
    .filter((part) => part !== "")
    .join(", ");
}
