import type { Settings } from "../../components/settings.ts";
import { UserError } from "../console/error.ts";
import { printFromLoki, withoutLoki } from "./print.ts";
import { type LogRequest, usualSince } from "./request.ts";

/** What else there is than Loki. */
interface Ground {
  /** Prints the containers' own lines, and calls `begin` before the first. Throws a UserError where there are none. */
  printOwn(begin: () => void): Promise<void>;
  /** For people, beside the lines. */
  say(line: string): void;
}

/**
 * Prints what Loki has of the request. Where Loki cannot be asked, one message says what it was asked for, why it does not
 * answer and what to do; on Docker the containers' own lines follow it.
 */
export async function printAnywhere(
  settings: Settings,
  request: LogRequest,
  follow: AbortSignal | undefined,
  { printOwn, say }: Ground,
): Promise<void> {
  const reason = await printFromLoki(settings, request, follow, say);
  if (reason === undefined) return;
  const { stack, target } = settings;
  if (target.name !== "docker") throw new UserError(`${reason}; ${ownLines(settings, request)}`);
  const levels = request.level === undefined ? "" : ", of every level";
  const status = withoutLoki(settings) === undefined ? `. What runs: ./platform status ${stack}` : "";
  try {
    await printOwn(() => say(`${reason}; these are the containers' own lines${levels}${status}`));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${reason}; and the containers' own lines: ${error.message}`);
  }
}

/** Elsewhere than on Docker a container's own log is not ours to read: how a person reads it. */
function ownLines({ stack, target }: Settings, { component, since }: LogRequest): string {
  if (target.name !== "kubernetes") {
    return "the containers' own lines are on the stack's hosts: docker logs, over Session Manager";
  }
  const [main, hosts] = target.namespaces(stack);
  const label = component === undefined ? `instance=${stack}` : `name=${component}`;
  const words = [
    "kubectl logs",
    `--namespace ${main}`,
    `--selector app.kubernetes.io/${label}`,
    "--all-containers --prefix",
    `--since ${since ?? usualSince}`,
  ];
  return `the containers' own lines: ${words.join(" ")} (of what runs once a host: --namespace ${hosts})`;
}
