/** An exception that somebody answers for: one policy, at resources of one name, in named stacks, until a day. */
export interface Waiver {
  /** Where it stands, for messages: `waivers.yaml, waiver 2`. */
  readonly place: string;
  readonly stacks: readonly string[];
  readonly policy: string;
  /** A URN; `*` stands for any characters inside of one of its four parts. */
  readonly resource: string;
  readonly reason: string;
  readonly owner: string;
  /** The last day on which it holds, `2026-12-31`, in UTC. */
  readonly expires: string;
  readonly ticket?: string;
}

export interface WaiverFile {
  readonly waivers: readonly Waiver[];
  /** What is wrong with it, one line each: place, key, what is allowed. A waiver with a problem does not hold. */
  readonly problems: readonly string[];
}

const KEYS = ["stacks", "policy", "resource", "reason", "owner", "expires", "ticket"] as const;

/**
 * Reads the content of a waivers.yaml.
 * @param file its name, for messages.
 * @param policies names of the policies that can be waived.
 */
export function readWaivers(content: unknown, file: string, policies: readonly string[]): WaiverFile {
  const list = isRecord(content) ? content.waivers : undefined;
  if (!Array.isArray(list)) return { waivers: [], problems: [`${file}: has no list \`waivers:\``] };
  const read = list.map((entry: unknown, index) => readWaiver(entry, `${file}, waiver ${index + 1}`, policies));
  return {
    waivers: read.flatMap(({ waivers }) => waivers),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function readWaiver(entry: unknown, place: string, policies: readonly string[]): WaiverFile {
  if (!isRecord(entry)) return { waivers: [], problems: [`${place}: is no object with ${KEYS.join(", ")}`] };
  const said = (key: (typeof KEYS)[number]): string => (typeof entry[key] === "string" ? entry[key].trim() : "");
  const stacks = Array.isArray(entry.stacks) ? entry.stacks.filter((stack) => typeof stack === "string") : [];
  const [policy, resource, reason] = [said("policy"), said("resource"), said("reason")];
  const [owner, expires, ticket] = [said("owner"), said("expires"), said("ticket")];
  const unknown = Object.keys(entry).filter((key) => !KEYS.some((known) => known === key));
  const checks: readonly (readonly [boolean, string])[] = [
    [unknown.length === 0, `has no key ${unknown.join(", ")}; it has ${KEYS.join(", ")}`],
    [stacks.length > 0 && stacks.every((stack) => !stack.includes("*")), "stacks: a list of stacks' names, as [prod]"],
    [policies.includes(policy), `policy: ${JSON.stringify(policy)} is none of ${policies.join(", ")}`],
    [
      isNarrow(resource),
      "resource: a URN whose name is said, as urn:pulumi:*::shop::kubernetes:apps/v1:Deployment::web",
    ],
    [reason !== "", "reason: say why it is right as it is"],
    [owner !== "", "owner: who answers for it"],
    [isDay(expires), "expires: the last day, as 2026-12-31, in quotes"],
  ];
  const problems = checks.filter(([right]) => !right).map(([, problem]) => `${place}: ${problem}`);
  const more = ticket === "" ? {} : { ticket };
  const waiver = { place, stacks, policy, resource, reason, owner, expires, ...more };
  return { waivers: problems.length === 0 ? [waiver] : [], problems };
}

/** Stack, project and type may be open; a name that is only a pattern would cover what nobody has looked at. */
function isNarrow(resource: string): boolean {
  const [stack = "", project = "", type = "", ...name] = resource.split("::");
  return stack.startsWith("urn:pulumi:") && project !== "" && type !== "" && /[^*]/.test(name.join("::"));
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isExpired = ({ expires }: Waiver, today: string): boolean => expires < today;

/** Whether a waiver is about a policy's findings at a resource. */
export const covers = (waiver: Waiver, policy: string, urn: string): boolean =>
  waiver.policy === policy && patternOf(waiver.resource).test(urn);

/** `*` ends at the `::` between the parts of a URN. */
const patternOf = (resource: string): RegExp => {
  const parts = resource.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join("(?:(?!::).)*")}$`);
};

/** `until 2026-12-31 by jane (old image, OPS-7)` */
export const terms = ({ expires, owner, reason, ticket }: Waiver): string =>
  `until ${expires} by ${owner} (${[reason, ticket].filter(Boolean).join(", ")})`;
