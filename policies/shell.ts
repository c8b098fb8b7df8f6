/** How a command of a shell line follows the one before it. */
type Joint = ";" | "&&" | "||" | "|" | "&";

/** One command of a shell line. */
export interface Step {
  readonly joint: Joint;
  readonly words: readonly string[];
}

const TOKEN =
  /(?<space>[^\S\n]+)|(?<joint>&&|\|\||[;|&\n])|(?<redirect>\d*(?:>>?|<)(?:&(?:\d+|-))?)|(?<word>(?:'[^']*'|"(?:\\[\s\S]|[^"\\])*"|\\[\s\S]|[^\s;|&<>()'"\\])+)|(?<other>[\s\S])/g;

/** Words after which a line is more than a list of commands. */
const KEYWORDS = new Set(["if", "while", "until", "for", "case", "function", "{", "!", "[["]);

/**
 * The commands of a shell line, quotes taken off, redirections left out. Undefined where the line has more grammar
 * than lists and pipes: then nothing is said about it.
 */
export function stepsOf(line: string): readonly Step[] | undefined {
  const steps: { joint: Joint; words: string[] }[] = [{ joint: ";", words: [] }];
  let isTarget = false;
  for (const { groups = {} } of line.trim().matchAll(TOKEN)) {
    const { joint, redirect, word, other } = groups;
    if (other !== undefined) return undefined;
    if (joint !== undefined) steps.push({ joint: asJoint(joint), words: [] });
    if (redirect !== undefined) isTarget = !redirect.includes("&");
    if (word === undefined) continue;
    if (isTarget) isTarget = false;
    else steps.at(-1)?.words.push(unquoted(word));
  }
  const filled = steps.filter(({ words }) => words.length > 0);
  return filled.some(({ words: [first = ""] }) => KEYWORDS.has(first)) ? undefined : filled;
}

const asJoint = (token: string): Joint =>
  token === "&&" || token === "||" || token === "|" || token === "&" ? token : ";";

const unquoted = (word: string): string =>
  word.replace(/'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])/g, (_, single, double, escaped) =>
    [single, double, escaped].filter((part) => part !== undefined).join(""),
  );

/** How a command can end: it goes on with success or failure, or it ends the whole line with either. */
type Outcome = "success" | "failure" | "ends well" | "ends badly";

/** Programs that succeed whatever state the service is in. */
const NEVER_FAIL = new Set([
  "true",
  ":",
  "echo",
  "printf",
  "sleep",
  "date",
  "hostname",
  "whoami",
  "id",
  "pwd",
  "uname",
  "env",
  "cd",
]);

/** Whether a line succeeds whatever its commands find: `true`, `exit 0`, `curl … || true`, `check; echo done`. */
export function alwaysSucceeds(steps: readonly Step[], { stopsAtFailure = false } = {}): boolean {
  if (steps.length === 0) return false;
  const outcomes = joined(steps, stopsAtFailure);
  return !outcomes.has("failure") && !outcomes.has("ends badly");
}

function joined(steps: readonly Step[], stopsAtFailure: boolean): ReadonlySet<Outcome> {
  return steps.reduce<ReadonlySet<Outcome>>((before, { joint, words }, index) => {
    const here = outcomesOf(words);
    if (index === 0) return here;
    // A pipe's status is its last command's; what is sent to the background has none.
    if (joint === "|") return new Set([...ends(before), ...here]);
    const goesOn: readonly Outcome[] = [
      ...(joint !== "||" && before.has("success") ? ["success" as const] : []),
      ...(joint !== "&&" && before.has("failure") ? ["failure" as const] : []),
    ];
    const stops = joint === ";" && stopsAtFailure && before.has("failure");
    const skipped: readonly Outcome[] = [
      ...(joint === "||" && before.has("success") ? ["success" as const] : []),
      ...(joint === "&&" && before.has("failure") ? ["failure" as const] : []),
      ...(stops ? ["ends badly" as const] : []),
    ];
    const reached = goesOn.some((outcome) => outcome === "success" || !stops);
    return new Set([...ends(before), ...skipped, ...(reached ? here : [])]);
  }, new Set<Outcome>());
}

const ends = (outcomes: ReadonlySet<Outcome>): readonly Outcome[] =>
  [...outcomes].filter((outcome) => outcome === "ends well" || outcome === "ends badly");

function outcomesOf([program = "", argument]: readonly string[]): ReadonlySet<Outcome> {
  const name = baseName(program);
  if (name === "exit") {
    if (argument === "0") return new Set(["ends well"]);
    return new Set(/^\d+$/.test(argument ?? "") ? ["ends badly"] : ["ends well", "ends badly"]);
  }
  if (name === "false") return new Set(["failure"]);
  // It runs the program behind its variables, and ends as that does.
  if (name === "env" && argument !== undefined) return new Set(["success", "failure"]);
  return new Set(NEVER_FAIL.has(name) ? ["success"] : ["success", "failure"]);
}

export const baseName = (program: string): string => program.replace(/^.*\//, "");
