import { violationAt, withoutRepetition } from "./ask.ts";
import { CONTAINER_TYPES, type Container, containersOf, variablesOf, wordsOf } from "./containers.ts";
import { FORBID_DEBUG_LOGS_EXAMPLES } from "./forbid-debug-logs.examples.ts";
import {
  type Context,
  type Finding,
  judged,
  notApplicable,
  type Policy,
  type Resource,
  unjudged,
  type Verdict,
} from "./policy.ts";
import { at, isUnknown, type Node, rootOf, text } from "./values.ts";

const PAGE = "https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html";
const REPAIR = 'env: [{ name: "LOG_LEVEL", value: "WARNING" }]';

const TALKATIVE = /^(debug[1-5]?|trace|all|verbose|silly|finest)$/i;

/** Names under which programs take their level, and switches that turn the same on. */
const LEVEL_VARIABLE = /(^|_)(LOG_?LEVEL|LOGLEVEL|LOG_VERBOSITY|RUST_LOG|LOGGING_LEVEL(_\w+)?)$/i;
const SWITCH_VARIABLE = /^(\w+_)?DEBUG$/i;

const isTalkative = (name: string, value: string): boolean =>
  (LEVEL_VARIABLE.test(name) && TALKATIVE.test(value)) ||
  (SWITCH_VARIABLE.test(name) && /^(1|true|yes|on|\*)$/i.test(value));

/** `--log.level=debug`, `-log.level=debug`, `--loglevel=debug`, postgres' `log_min_messages=debug1`, klog's `--v=4`. */
const ARGUMENT = /^-{0,2}[\w.-]*(log[\w.-]*level|loglevel|log_min_messages|verbosity)=(.+)$/i;
const KLOG = /^--?v=([4-9]|\d{2,})$/;

function judge(resource: Resource, { environment }: Context): Verdict {
  if (environment !== "production") return notApplicable(`the stack is ${environment}, where DEBUG is right`);
  const { containers, unknown } = containersOf(resource);
  return judged(withoutRepetition([...unknown.map(({ path }) => unjudged(path)), ...containers.flatMap(findings)]));
}

function findings(container: Container): readonly Finding[] {
  const { variables, unknown } = variablesOf(container);
  const words = wordsOf(container);
  const named = variables.filter(({ name }) => LEVEL_VARIABLE.test(name) || SWITCH_VARIABLE.test(name));
  const open = [...unknown, ...named.map(({ value }) => value), ...words].filter(isUnknown);
  return [
    ...open.map(({ path }) => unjudged(path)),
    ...named
      .filter(({ name, value }) => isTalkative(name, text(value) ?? ""))
      .map(({ name, value }) => complain(container, value, `variable ${name}`)),
    ...words.flatMap((word, index) => {
      const flag = talkativeWord(text(word) ?? "", text(words[index + 1] ?? word) ?? "");
      return flag === undefined ? [] : [complain(container, word, `argument ${flag}`)];
    }),
  ];
}

function talkativeWord(word: string, next: string): string | undefined {
  const [, , level] = ARGUMENT.exec(word) ?? [];
  if (level !== undefined) return TALKATIVE.test(level) ? word : undefined;
  if (KLOG.test(word) || word === "--debug") return word;
  return /^--?[\w.-]*(log[\w.-]*level|loglevel)$/i.test(word) && TALKATIVE.test(next) ? `${word} ${next}` : undefined;
}

const complain = (container: Pick<Container, "name">, node: Node, where: string): Finding =>
  violationAt(node, {
    problem: `container "${container.name}" logs at DEBUG (${where})`,
    repair: REPAIR,
    url: PAGE,
  });

function judgeWorkload({ name, properties }: Resource, { environment }: Context): Verdict {
  if (environment !== "production") return notApplicable(`the stack is ${environment}, where DEBUG is right`);
  const level = at(rootOf(properties), "logs", "level");
  if (isUnknown(level)) return judged([unjudged(level.path)]);
  return judged(TALKATIVE.test(text(level) ?? "") ? [complain({ name }, level, level.path)] : []);
}

/** What runs in production does not log for developers. */
export const forbidDebugLogs: Policy = {
  name: "forbid-debug-logs",
  displayName: "Production does not log at DEBUG",
  severity: "medium",
  concern: "hygiene",
  description: "No container of a production stack is told to log at DEBUG or below.",
  why: "Debug lines hold what was never meant to be kept: tokens, personal data, whole requests. And they are most of the log's volume, so what matters is found late and storage is paid for noise.",
  remedies: [{ step: "State the level of the environment, by each product's own flag.", code: REPAIR }],
  url: PAGE,
  counterparts: [
    { tool: "checkov", rules: ["none: no check of it reads a container's log level"] },
    { tool: "CWE", rules: ["CWE-532 (sensitive information in a log file)", "CWE-489 (active debug code)"] },
  ],
  parameters: [],
  resourceRules: [
    {
      types: CONTAINER_TYPES,
      asks: "in production: no variable (`LOG_LEVEL`, `RUST_LOG`, `DEBUG` …) and no argument (`--log.level=debug`, `log_min_messages=debug1`, `--v=4` …) that says DEBUG or TRACE",
      leavesAlone: "stacks of development and staging; levels that stand in a configuration file",
      judge,
    },
    {
      types: ["trading-platform:workload:Workload"],
      asks: "in production: a `logs.level` above DEBUG",
      leavesAlone: "stacks of development and staging",
      judge: judgeWorkload,
    },
  ],
  stackRules: [],
  examples: FORBID_DEBUG_LOGS_EXAMPLES,
};
