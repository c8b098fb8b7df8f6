import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../console/error.ts";
import { say } from "../console/progress.ts";

/** A registry, or the way to it, failed: the same request may go well a moment later. */
export class RegistryFault extends UserError {}

/** How often something is tried that a fault ended. */
export interface Patience {
  /** Milliseconds before the second try, before the third and so on. */
  readonly pauses: readonly number[];
  /** Default: this machine's clock. For tests. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

const usual: Patience = { pauses: [2_000, 8_000] };

/**
 * Does something whole once more, as often as the patience says, where a {@link RegistryFault} ended it. What a registry
 * refuses is not asked again. Throws the last fault, with how often it was tried.
 * @param what begins the message, as `copying docker.io/library/nginx`.
 */
export async function retried<Result>(
  what: string,
  attempt: () => Promise<Result>,
  { pauses, wait = sleep }: Patience = usual,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof RegistryFault)) throw error;
      const pause = pauses[tries - 1];
      if (pause === undefined) throw new UserError(`${what}: ${error.message}; tried ${tries} times`);
      say(`${what}: ${error.message}; trying again in ${pause / 1000} s`);
      await wait(pause);
    }
  }
}

/** What a connection or a name server says of a moment, not for good. */
const passing = new Set([
  ...["EAI_AGAIN", "ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "EPIPE", "ETIMEDOUT"],
  ...["UND_ERR_BODY_TIMEOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_SOCKET"],
]);

/** What `fetch`, or the reading of its answer, failed with, for a person. */
export function unanswered(host: string, error: unknown): UserError {
  const causes = causesOf(error);
  const [first, second = first] = causes;
  const why = `${host} does not answer: ${second?.message || String(second ?? error)}`;
  const isPassing = causes.some((each) => "code" in each && passing.has(String(each.code)));
  return isPassing ? new RegistryFault(why) : new UserError(why);
}

/** An error with what caused it, and what caused that. */
function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
