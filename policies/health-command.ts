import { whenKnown } from "./ask.ts";
import { ASKS, type CheckState, missing, unknownCheck } from "./check.ts";
import type { Finding } from "./policy.ts";
import { alwaysSucceeds, baseName, type Step, stepsOf } from "./shell.ts";
import { entries, isAbsent, isUnknown, type Node, text } from "./values.ts";

/**
 * Whether a health check's command asks anything. Docker and ECS share the form: `["CMD", program, argument…]` or
 * `["CMD-SHELL", line]`; `["NONE"]` switches the check off, an empty list leaves it to the image, and anything else
 * in front is a check that the daemon does not run.
 * https://docs.docker.com/reference/dockerfile/#healthcheck
 */
export function commandState(command: Node): CheckState {
  if (isUnknown(command)) return unknownCheck(command);
  if (isAbsent(command)) return missing("has no command");
  const [form, ...words] = entries(command);
  if (form === undefined) return missing("has an empty command");
  const [first] = words;
  if (isUnknown(form)) return unknownCheck(form);
  if (text(form) === "NONE") return missing('is switched off by ["NONE"]');
  if (text(form) !== "CMD" && text(form) !== "CMD-SHELL") return missing("does not begin with CMD or CMD-SHELL");
  if (first !== undefined && isUnknown(first)) return unknownCheck(first);
  return first === undefined || (text(first) ?? "").trim() === "" ? missing("has no command after CMD") : ASKS;
}

/** What a health check's command does not ask, for the form that Docker and ECS share. */
export function commandFindings(command: Node, complain: (problem: string) => Finding): readonly Finding[] {
  const [form, ...words] = entries(command);
  if (form === undefined || commandState(command).kind !== "asks") return [];
  return text(form) === "CMD-SHELL"
    ? whenKnown(words, () => problemsOfLine(text(words[0] ?? form) ?? "").map(complain))
    : execFindings(words, complain);
}

/** The same for a command without a form in front, as Kubernetes' `exec` has it. */
export const execFindings = (words: readonly Node[], complain: (problem: string) => Finding): readonly Finding[] =>
  whenKnown(words, () => problemsOfWords(words.map((word) => text(word) ?? "")).map(complain));

const SHELLS = new Set(["sh", "bash", "ash", "dash", "zsh", "busybox"]);

function problemsOfWords(words: readonly string[]): readonly string[] {
  const [program = "", ...rest] = words;
  if (!SHELLS.has(baseName(program))) return problemsOfSteps([{ joint: ";", words }]);
  const place = rest.findIndex((word) => /^-[a-z]*c$/.test(word));
  const line = rest[place + 1];
  if (place < 0 || line === undefined) return [];
  return problemsOfLine(line, { stopsAtFailure: /e/.test(rest[place] ?? "") });
}

function problemsOfLine(line: string, options: { readonly stopsAtFailure?: boolean } = {}): readonly string[] {
  const steps = stepsOf(line);
  return steps === undefined ? [] : problemsOfSteps(steps, options);
}

function problemsOfSteps(
  steps: readonly Step[],
  options: { readonly stopsAtFailure?: boolean } = {},
): readonly string[] {
  if (alwaysSucceeds(steps, options)) return ["always succeeds, whatever state the service is in"];
  const host = steps.map(({ words }) => hostAsked(words)).find((found) => found !== undefined);
  return [
    ...(steps.some(isLenientCurl)
      ? ["asks with curl without --fail, which succeeds when the service answers with an error"]
      : []),
    ...(host === undefined ? [] : [`asks ${host}, which is not this container`]),
  ];
}

/**
 * curl's status is 0 for an answer of 500, unless it is told `--fail`. What goes on into a pipe is judged there.
 * https://curl.se/docs/manpage.html#-f
 */
function isLenientCurl({ words: [program = "", ...flags] }: Step, index: number, steps: readonly Step[]): boolean {
  const isFailing = (flag: string): boolean => flag.startsWith("--fail") || /^-[a-zA-Z]*f/.test(flag);
  return baseName(program) === "curl" && !flags.some(isFailing) && steps[index + 1]?.joint !== "|";
}

const CLIENTS = new Set(["pg_isready", "psql", "mysqladmin", "mysql", "mariadb-admin", "redis-cli", "mongosh"]);

/** The other host that a command asks, where it names one. A variable can be the container's own address. */
function hostAsked(words: readonly string[]): string | undefined {
  const [program = "", ...rest] = words;
  const inUrls = rest.flatMap(
    (word) => /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/?]+)/i.exec(word)?.[1] ?? [],
  );
  const inFlags = CLIENTS.has(baseName(program))
    ? rest.flatMap((word, index) => {
        if (word === "-h" || word === "--host") return rest[index + 1] ?? [];
        return /^(?:--host=|-h)(.+)$/.exec(word)?.[1] ?? [];
      })
    : [];
  return [...inUrls, ...inFlags].find((host) => !isOwn(host));
}

/** Whether a host is the container itself. */
export const isOwn = (host: string): boolean =>
  /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[?::1?\]?|\/.*|.*\$.*)$/.test(host.toLowerCase());
