import { alertCategories } from "./alert.ts";
import type { Silence, Silences } from "./settings.ts";

/** Labels that an alert has beside those that its query returns. */
const ownLabels = ["alertname", "severity", "category", "team", "service"] as const;

/** Labels that queries of the catalogue return (a test compares them). */
const returnedLabels = [
  "certificate",
  "container",
  "container_label_component",
  "daemonset",
  "deployment",
  "fstype",
  "instance",
  "integration",
  "job",
  "mountpoint",
  "pod",
  "rule_group",
  "stack",
  "statefulset",
] as const;

/** By what a silence can go; the environment is the stack's, so nobody says it. */
export const silenceLabels: readonly string[] = [...ownLabels, ...returnedLabels];

/** Labels of which every value is known. */
export const silenceValues: Readonly<Record<string, readonly string[]>> = {
  severity: ["critical", "warning"],
  category: alertCategories,
  team: ["trading", "database", "platform"],
};

/** A silence as Alertmanager's API takes it (its OpenAPI document, `postableSilence`). */
export interface PostedSilence {
  /** Of the one that it takes the place of. */
  readonly id?: string;
  readonly matchers: readonly {
    readonly name: string;
    readonly value: string;
    readonly isRegex: boolean;
    readonly isEqual: boolean;
  }[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

/** One that Alertmanager has. */
export interface HeldSilence extends PostedSilence {
  readonly id: string;
  readonly status: { readonly state: "active" | "pending" | "expired" };
}

/** What is to be done so that Alertmanager holds exactly the silences that the settings say, and others' as they are. */
export interface SilencePlan {
  readonly post: readonly PostedSilence[];
  /** Ids of ours that nobody says any more. */
  readonly remove: readonly string[];
}

/** The name under which the settings say it; undefined for one that somebody made by hand. */
export const settingOf = ({ comment }: Pick<PostedSilence, "comment">): string | undefined =>
  /\(alerts\.silences\.([a-z0-9-]+)\)$/.exec(comment)?.[1];

/** True for a time that has come. */
export const isPast = (time: string, now: Date): boolean => Date.parse(time) <= now.getTime();

/** The same settings twice make an empty plan. Alertmanager takes no silence that has ended: it is left out. */
export function planSilences(wanted: Silences, held: readonly HeldSilence[], now: Date): SilencePlan {
  const ours = held.filter(({ status, comment }) => status.state !== "expired" && settingOf({ comment }) !== undefined);
  const kept = new Set<string>();
  const post = Object.entries(wanted).flatMap(([name, silence]) => {
    if (isPast(silence.ends, now)) return [];
    const own = ours.find((each) => settingOf(each) === name);
    if (own !== undefined) kept.add(own.id);
    const asked = posted(name, silence, own, now);
    return own !== undefined && isSame(own, asked) ? [] : [asked];
  });
  return { post, remove: ours.map(({ id }) => id).filter((id) => !kept.has(id)) };
}

function posted(name: string, silence: Silence, own: HeldSilence | undefined, now: Date): PostedSilence {
  // What has begun cannot begin anew.
  const begun = own?.status.state === "active" ? own.startsAt : now.toISOString();
  return {
    ...(own === undefined ? {} : { id: own.id }),
    matchers: [
      ...Object.entries(silence.matchers).map(([label, value]) => matcher(label, value, true)),
      // The heartbeat says that alerts can be delivered, also while some are silenced.
      matcher("alertname", "Watchdog", false),
    ],
    startsAt: silence.starts !== undefined && silence.starts > begun ? silence.starts : begun,
    endsAt: silence.ends,
    createdBy: silence.owner,
    comment: `${silence.reason} (alerts.silences.${name})`,
  };
}

const matcher = (name: string, value: string, isEqual: boolean) => ({ name, value, isRegex: false, isEqual });

const isSame = (one: PostedSilence, other: PostedSilence): boolean => identity(one) === identity(other);

/** What makes a silence what it is; Alertmanager orders matchers as it likes. */
const identity = ({ matchers, startsAt, endsAt, createdBy, comment }: PostedSilence): string =>
  JSON.stringify([
    matchers.map(({ name, value, isRegex, isEqual }) => JSON.stringify([name, value, isRegex, isEqual])).sort(),
    new Date(startsAt).getTime(),
    new Date(endsAt).getTime(),
    createdBy,
    comment,
  ]);
