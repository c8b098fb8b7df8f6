import {
  type Context,
  judged,
  type Parameter,
  type Policy,
  type Resource,
  type ResourceRule,
  unjudged,
  type Verdict,
} from "./policy.ts";
import { REQUIRE_LOG_RETENTION_EXAMPLES } from "./require-log-retention.examples.ts";
import { at, isUnknown, type Node, number, rootOf, text } from "./values.ts";

const LOG_GROUP_PAGE =
  "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html";
const LOKI_PAGE = "https://grafana.com/docs/loki/latest/operations/storage/retention/";

const MINIMUM_DAYS: Parameter = {
  name: "minimumDays",
  description: "Days for which logs and measurements are kept at the least.",
  minimum: 1,
  default: 1,
};

function judgeLogGroup({ properties }: Resource, { setting }: Context): Verdict {
  const days = at(rootOf(properties), "retentionInDays");
  const kept = number(days) ?? 0;
  const problem =
    kept === 0
      ? "retentionInDays is not set: every line is kept, and paid for, for ever"
      : tooShort(days, kept, setting);
  return verdict(days, problem, `retentionInDays: ${Math.max(30, setting(MINIMUM_DAYS))}`, LOG_GROUP_PAGE);
}

/** What our stacks state; 0 is for ever in Loki and Prometheus. */
function judgeStack({ properties }: Resource, { setting }: Context): Verdict {
  const retention = at(rootOf(properties), "retention");
  const kept = daysIn(text(retention) ?? "");
  const problem =
    kept === 0
      ? "retention is not stated: the disk fills until nothing is written"
      : tooShort(retention, kept, setting);
  return verdict(retention, problem, `retention: days(${Math.max(15, setting(MINIMUM_DAYS))})`, LOKI_PAGE);
}

function tooShort({ path }: Node, kept: number, setting: Context["setting"]): string | undefined {
  const least = setting(MINIMUM_DAYS);
  return kept < least ? `${path} keeps ${kept} days, and ${least} are asked for` : undefined;
}

function verdict(node: Node, problem: string | undefined, repair: string, url: string): Verdict {
  if (isUnknown(node)) return judged([unjudged(node.path)]);
  return judged(problem === undefined ? [] : [{ kind: "violation", property: node.path, problem, repair, url }]);
}

const SECONDS: ReadonlyMap<string, number> = new Map([
  ["y", 31_536_000],
  ["w", 604_800],
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
]);

/** Days in `15d` or `1d12h`, Prometheus' form; 0 where it is none. */
function daysIn(duration: string): number {
  const parts = [...duration.matchAll(/(\d+)([ywdhms])/g)];
  return parts.reduce((sum, [, count = "0", unit = ""]) => sum + Number(count) * (SECONDS.get(unit) ?? 0), 0) / 86_400;
}

const RULES: readonly ResourceRule[] = [
  {
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    asks: "`retentionInDays` of at least `minimumDays`; 0 keeps for ever",
    judge: judgeLogGroup,
  },
  {
    types: ["trading-platform:logging:LoggingStack", "trading-platform:monitoring:MonitoringStack"],
    asks: "`retention` stated, of at least `minimumDays`",
    judge: judgeStack,
  },
];

/** Logs and measurements are kept for a time that somebody has chosen. */
export const requireLogRetention: Policy = {
  name: "require-log-retention",
  displayName: "Logs and measurements are kept for a stated time",
  severity: "medium",
  concern: "hygiene",
  description: "Where logs and measurements are stored, it is stated for how long.",
  why: "What is kept for ever is paid for, for ever, or fills the disk until nothing more is written; and personal data in logs must not be kept without a reason.",
  remedies: [
    { step: "CloudWatch: state the days; a group without is kept for ever.", code: "retentionInDays: 30" },
    { step: "Trading platform: the stacks state what the settings say.", code: "retention: days(15)" },
  ],
  url: LOG_GROUP_PAGE,
  counterparts: [
    { tool: "checkov", rules: ["CKV_AWS_66", "CKV_AWS_338 (asks for a year: set `minimumDays`)"] },
    { tool: "Security Hub", rules: ["CloudWatch.16"] },
  ],
  parameters: [MINIMUM_DAYS],
  resourceRules: RULES,
  stackRules: [],
  examples: REQUIRE_LOG_RETENTION_EXAMPLES,
};
