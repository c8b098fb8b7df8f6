import type { Count, LifecycleRule, StorageClass } from "./ecr-lifecycle.ts";
import { at, entries, isAbsent, type Node, number, text } from "./values.ts";

/** A lifecycle policy's rules, and what ECR would refuse in them: one line each. */
export interface LifecycleDocument {
  readonly rules: readonly LifecycleRule[];
  readonly refused: readonly string[];
}

/**
 * Reads the rules of a policy and checks what ECR checks when it is given one.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function readDocument(rules: Node): LifecycleDocument {
  const read = entries(rules).map(readRule);
  const valid = read.flatMap(({ rule }) => rule ?? []);
  return { rules: valid, refused: [...read.flatMap(({ refused }) => refused), ...refusedTogether(valid)] };
}

interface ReadRule {
  readonly rule?: LifecycleRule;
  readonly refused: readonly string[];
}

const EVENTS: ReadonlyMap<string, "pushed" | "pulled" | "archived"> = new Map([
  ["sinceImagePushed", "pushed"],
  ["sinceImagePulled", "pulled"],
  ["sinceImageTransitioned", "archived"],
]);

/** The archive keeps an image for at least so many days. */
const ARCHIVED_DAYS = 90;

function readRule(node: Node): ReadRule {
  const selection = at(node, "selection");
  const priority = number(at(node, "rulePriority"));
  const tagStatus = oneOf(["tagged", "untagged", "any"] as const, text(at(selection, "tagStatus")));
  const storageClass = oneOf(["standard", "archive"] as const, text(at(selection, "storageClass")) ?? "standard");
  const count = readCount(selection);
  const action = readAction(at(node, "action"));
  const patterns = patternsOf(selection);
  const name = `rule ${priority ?? node.path}`;
  const checks: readonly (readonly [boolean, string])[] = [
    [isPositive(priority), "rulePriority is no whole number from 1 on"],
    [tagStatus !== undefined, "selection.tagStatus is none of tagged, untagged, any"],
    [storageClass !== undefined, "selection.storageClass is neither standard nor archive"],
    [
      count !== undefined,
      "selection has no countType with a countNumber from 1 on, and countUnit: days where it counts days",
    ],
    [action !== undefined, "action is neither expire nor transition to the archive"],
    ...tagChecks(selection, tagStatus, patterns),
    ...(count?.kind === "days-since" ? eventChecks(count, action) : []),
    [
      storageClass === (count?.kind === "days-since" && count.event === "archived" ? "archive" : "standard"),
      "selection.storageClass is archive with sinceImageTransitioned, and only then",
    ],
  ];
  const refused = checks.filter(([right]) => !right).map(([, problem]) => `${name}: ${problem}`);
  if (refused.length > 0 || priority === undefined || tagStatus === undefined) return { refused };
  if (storageClass === undefined || count === undefined || action === undefined) return { refused };
  return { rule: { priority, tagStatus, patterns, storageClass, count, action }, refused };
}

function tagChecks(
  selection: Node,
  tagStatus: LifecycleRule["tagStatus"] | undefined,
  patterns: readonly string[],
): readonly (readonly [boolean, string])[] {
  const lists = [at(selection, "tagPatternList"), at(selection, "tagPrefixList")].filter((list) => !isAbsent(list));
  return [
    [
      tagStatus !== "tagged" || (lists.length === 1 && patterns.length > 0),
      "tagged needs either tagPatternList or tagPrefixList, with an entry",
    ],
    [tagStatus === "tagged" || lists.length === 0, `${tagStatus} takes neither tagPatternList nor tagPrefixList`],
    [patterns.every((pattern) => pattern.split("*").length <= 5), "a pattern has more than four *"],
  ];
}

const eventChecks = (
  { event, number: days }: Extract<Count, { kind: "days-since" }>,
  action: LifecycleRule["action"] | undefined,
): readonly (readonly [boolean, string])[] => [
  [event !== "pulled" || action === "archive", "sinceImagePulled archives, it cannot expire"],
  [
    event !== "archived" || (action === "expire" && days >= ARCHIVED_DAYS),
    `sinceImageTransitioned expires, after ${ARCHIVED_DAYS} days at the earliest`,
  ],
];

function readCount(selection: Node): Count | undefined {
  const [type, value, unit] = [
    text(at(selection, "countType")) ?? "",
    number(at(selection, "countNumber")),
    text(at(selection, "countUnit")),
  ];
  if (value === undefined || !isPositive(value)) return undefined;
  if (type === "imageCountMoreThan") return unit === undefined ? { kind: "beyond-newest", number: value } : undefined;
  const event = EVENTS.get(type);
  return event === undefined || unit !== "days" ? undefined : { kind: "days-since", event, number: value };
}

function readAction(action: Node): LifecycleRule["action"] | undefined {
  const type = text(at(action, "type"));
  if (type === "expire") return "expire";
  return type === "transition" && text(at(action, "targetStorageClass")) === "archive" ? "archive" : undefined;
}

const patternsOf = (selection: Node): readonly string[] => [
  ...entries(at(selection, "tagPatternList")).flatMap((entry) => text(entry) ?? []),
  ...entries(at(selection, "tagPrefixList"))
    .flatMap((entry) => text(entry) ?? [])
    .map((prefix) => `${prefix}*`),
];

function refusedTogether(rules: readonly LifecycleRule[]): readonly string[] {
  const all = (["standard", "archive"] as const).flatMap((storageClass) => refusedInClass(rules, storageClass));
  const priorities = repeated(rules.map(({ priority }) => priority));
  return [...priorities.map((priority) => `rulePriority ${priority} is given to more than one rule`), ...all];
}

function refusedInClass(all: readonly LifecycleRule[], storageClass: StorageClass): readonly string[] {
  const rules = all.filter((rule) => rule.storageClass === storageClass);
  const last = Math.max(...rules.map(({ priority }) => priority));
  const ofStatus = (status: LifecycleRule["tagStatus"]) => rules.filter(({ tagStatus }) => tagStatus === status);
  const lists = ofStatus("tagged").map(({ patterns }) => patterns.toSorted().join(", "));
  return [
    ...ofStatus("any")
      .filter(({ priority }) => priority < last)
      .map(({ priority }) => `rule ${priority}: any comes last, after rule ${last}`),
    ...(ofStatus("untagged").length > 1 ? ["more than one rule selects untagged images"] : []),
    ...repeated(lists).map((list) => `more than one rule selects ${list}`),
  ];
}

const repeated = <T>(values: readonly T[]): readonly T[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];

const isPositive = (value: number | undefined): boolean => value !== undefined && Number.isInteger(value) && value >= 1;

const oneOf = <T extends string>(allowed: readonly T[], value: string | undefined): T | undefined =>
  allowed.find((one) => one === value);
