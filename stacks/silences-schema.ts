import { z } from "zod";
import { alertNames } from "../components/alerts/names.ts";
import { silenceLabels, silenceValues } from "../components/alerts/silences.ts";
import { section, text } from "./fields.ts";
import { nearest } from "./nearest.ts";

const moment = (what: string) => {
  const allowed = 'a time with its zone, in quotes, as "2026-12-01T08:00:00Z"';
  const error = `must be ${allowed}`;
  return z.iso
    .datetime({ offset: true, error })
    .transform((written) => new Date(written).toISOString())
    .meta({ description: what, allowed });
};

const reason = text(
  "Why; shown by ./platform silences.",
  /\S.{3,}/,
  "a sentence that says why, for whoever misses an alert",
);

const matchers = z
  .record(z.string(), text("Value of the label.", /^[^"\\\n]{1,200}$/, "text of one line"), {
    error: "must be a section with labels, as alertname: HighCpuUsage",
  })
  .superRefine((said, context) => {
    if (Object.keys(said).length === 0) {
      context.addIssue({ code: "custom", message: "must have at least one label, or everything would be silent" });
    }
    for (const [label, value] of Object.entries(said)) {
      const message = labelProblem(label) ?? valueProblem(label, value);
      if (message !== undefined) context.addIssue({ code: "custom", message, path: [label] });
    }
  });

function labelProblem(label: string): string | undefined {
  if (silenceLabels.includes(label)) return undefined;
  const meant = nearest(label, silenceLabels);
  return `is a label that no alert has; ${meant === undefined ? `there are ${silenceLabels.join(", ")}` : `did you mean ${meant}?`}`;
}

function valueProblem(label: string, value: string): string | undefined {
  const known: readonly string[] | undefined = label === "alertname" ? alertNames : silenceValues[label];
  if (known === undefined) return undefined;
  if (label === "alertname" && value === "Watchdog") return "may not be silenced: it says that alerts can be delivered";
  if (known.includes(value)) return undefined;
  const meant = nearest(value, known);
  return meant === undefined
    ? `must be one of ${known.join(", ")}`
    : `names none that there is; did you mean ${meant}?`;
}

/** Entries by a name that is anybody's choice. */
const byName = <Entry extends z.ZodType>(what: string, entry: Entry) =>
  z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,40}$/), entry, {
      error: ({ code }) =>
        code === "invalid_key"
          ? "has a name that is none; use lower-case letters, digits and -"
          : "must be a section by names",
    })
    .meta({ description: what });

/** For once: what is known and worked on tells nobody, until a moment that is said. */
export const silences = byName(
  "What is silent for once, by a name: reason, owner, starts, ends, matchers; applied by ./platform silences.",
  section("Alerts with all of these labels are told to nobody.", {
    reason,
    owner: text("Who ends it, or is asked.", /\S{2,}/, "a person or a team"),
    starts: moment("From when on; default: from the moment that it is applied.").exactOptional(),
    ends: moment("Until when."),
    matchers: matchers.meta({
      description: "Labels and their values; an alert must have all of them.",
      allowed: "labels, as alertname: HighCpuUsage",
    }),
  }),
);

const clock = (what: string) =>
  text(what, /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time of the day in UTC, in quotes, as "02:00"');

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** Again and again: while a window of maintenance is open, people are not told what can wait. */
export const maintenance = byName(
  "Hours of maintenance, by a name: reason, days, from, to (UTC); warnings reach no person then.",
  section("Warnings reach nobody in these hours; what pages goes on to page.", {
    reason,
    days: z
      .array(z.enum(weekdays, { error: `must be one of ${weekdays.join(", ")}` }), {
        error: "must be a list of days, as [saturday, sunday]",
      })
      .min(1, { error: "must name at least one day; leave the key out for every day" })
      .readonly()
      .meta({ description: "On which days; default: every day.", allowed: "a list of days, as [saturday, sunday]" })
      .exactOptional(),
    from: clock("When it begins, in UTC."),
    to: clock("When it ends, in UTC; on the same day."),
  }),
);
