import type { Silences } from "../../components/alerts/settings.ts";
import { type HeldSilence, type SilencePlan, settingOf } from "../../components/alerts/silences.ts";
import { table } from "../console/table.ts";

/** What is silent, what will be, and what `--apply` would change. Expired ones are history. */
export function silencesText(stack: string, wanted: Silences, held: readonly HeldSilence[], plan: SilencePlan): string {
  const there = held.filter(({ status }) => status.state !== "expired");
  const rows = there.map((silence) => [
    settingOf(silence) ?? "by hand",
    silence.status.state,
    shortTime(silence.endsAt),
    matchersText(silence),
    silence.createdBy,
    silence.comment.replace(/ \(alerts\.silences\.[a-z0-9-]+\)$/, ""),
  ]);
  const changes = changeLines(wanted, plan, there);
  return [
    `${stack}: ${there.length} silences, ${Object.keys(wanted).length} in the settings`,
    ...(rows.length === 0 ? [] : [table([["silence", "state", "until", "alerts", "owner", "reason"], ...rows])]),
    ...changes,
    ...(changes.length === 0 ? [] : [`./platform silences ${stack} --apply makes it so`]),
  ].join("\n");
}

function changeLines(wanted: Silences, { post, remove }: SilencePlan, held: readonly HeldSilence[]): readonly string[] {
  const names = Object.keys(wanted);
  return [
    ...post.map((silence) => {
      const name = names.find((each) => each === settingOf(silence)) ?? "";
      return `${silence.id === undefined ? "to be made" : "to be changed"}: ${name} until ${shortTime(silence.endsAt)}`;
    }),
    ...held
      .filter(({ id }) => remove.includes(id))
      .map((silence) => `to be removed: ${settingOf(silence)}, which is no longer in the settings`),
  ];
}

const shortTime = (time: string): string => `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;

const matchersText = ({ matchers }: HeldSilence): string =>
  matchers
    .map(
      ({ name, value, isRegex, isEqual }) =>
        `${name}${isEqual ? "=" : "!"}${isRegex ? "~" : isEqual ? "" : "="}${value}`,
    )
    .filter((text) => text !== "alertname!=Watchdog")
    .join(", ");
