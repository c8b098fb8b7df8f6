import { expect, test } from "vitest";
import { parse } from "yaml";
import { describePlatform, mountedFile } from "../components/specification.ts";
import { at, list, texts } from "../tests/support/json.ts";
import { overlay } from "./layers.ts";
import { readSettings, settingsWarnings } from "./read.ts";
import { leastOfProduction, told } from "./testing.ts";

const inDays = (count: number): string => new Date(Date.now() + count * 86_400_000).toISOString();
const good = {
  reason: "the database moves",
  owner: "database team",
  ends: inDays(1),
  matchers: { alertname: "DatabaseDown" },
};
const silence = (change: object, name = "move") => told({ alerts: { silences: { [name]: { ...good, ...change } } } });
const key = "trading-platform:alerts.silences.move";

test("a right silence is taken, in any zone, and read as UTC", () => {
  expect(silence({})).toEqual([]);
  expect(silence({ matchers: { category: "database", instance: "a:9187" } })).toEqual([]);
  const ends = "2999-01-01T02:00:00+02:00";
  const starts = "2998-12-31T12:00:00Z";
  const config = overlay([
    { origin: "default", values: leastOfProduction },
    { origin: "stack file", values: { alerts: { silences: { move: { ...good, starts, ends } } } } },
  ]);
  expect(readSettings({ stack: "prod", config }).alerts.silences.move).toMatchObject({
    starts: "2998-12-31T12:00:00.000Z",
    ends: "2999-01-01T00:00:00.000Z",
  });
});

test("an end in the past is a warning: a release that is taken back to may have had one", () => {
  const settings = readSettings({
    stack: "prod",
    config: overlay([
      { origin: "default", values: leastOfProduction },
      { origin: "stack file", values: { alerts: { silences: { move: { ...good, ends: "2020-01-01T00:00:00Z" } } } } },
    ]),
  });
  expect(settingsWarnings(settings)).toContainEqual({
    key: `${key}.ends`,
    message: "2020-01-01T00:00:00.000Z is past: it silences nothing; remove it",
  });
});

test.each([
  [
    "no end",
    { ends: undefined },
    `${key}.ends: is missing: it must be a time with its zone, in quotes, as "2026-12-01T08:00:00Z"`,
  ],
  [
    "no reason",
    { reason: undefined },
    `${key}.reason: is missing: it must be a sentence that says why, for whoever misses an alert`,
  ],
  ["no owner", { owner: undefined }, `${key}.owner: is missing: it must be a person or a team`],
  [
    "an end without a zone",
    { ends: "2999-01-01" },
    `${key}.ends: "2999-01-01" must be a time with its zone, in quotes, as "2026-12-01T08:00:00Z"`,
  ],
  [
    "an end before its start",
    { starts: "2999-01-02T00:00:00Z", ends: "2999-01-01T00:00:00Z" },
    `${key}.ends: 2999-01-01T00:00:00.000Z is not after starts (2999-01-02T00:00:00.000Z)`,
  ],
  [
    "no end in sight",
    { starts: "2999-01-01T00:00:00Z", ends: "2999-03-01T00:00:00Z" },
    `${key}.ends: 2999-03-01T00:00:00.000Z is more than 31 days after its start; for longer use overrides with off and a reason`,
  ],
  [
    "nothing to match",
    { matchers: {} },
    `${key}.matchers: must have at least one label, or everything would be silent`,
  ],
  [
    "an alert that there is not",
    { matchers: { alertname: "DatabaseDwn" } },
    `${key}.matchers.alertname: "DatabaseDwn" names none that there is; did you mean DatabaseDown?`,
  ],
  [
    "the heartbeat",
    { matchers: { alertname: "Watchdog" } },
    `${key}.matchers.alertname: "Watchdog" may not be silenced: it says that alerts can be delivered`,
  ],
  [
    "a label with a slip",
    { matchers: { alertnme: "DatabaseDown" } },
    `${key}.matchers.alertnme: is a label that no alert has; did you mean alertname?`,
  ],
  [
    "a severity that there is not",
    { matchers: { severity: "page" } },
    `${key}.matchers.severity: "page" must be one of critical, warning`,
  ],
  ["a slip in a key", { until: inDays(1) }, `${key}.until: is no key; there are reason, owner, starts, ends, matchers`],
])("a silence with %s is refused", (_, change, message) => {
  expect(silence(change)).toEqual([message]);
});

test("a name is one", () => {
  expect(silence({}, "The Move")).toEqual([
    "trading-platform:alerts.silences.The Move: has a name that is none; use lower-case letters, digits and -",
  ]);
});

const window = { reason: "backups are taken", days: ["sunday"], from: "02:00", to: "04:00" };

test.each([
  [
    "a day that is none",
    { days: ["sun"] },
    'days.0: "sun" must be one of monday, tuesday, wednesday, thursday, friday, saturday, sunday',
  ],
  ["a time that is none", { from: "2am" }, 'from: "2am" must be a time of the day in UTC, in quotes, as "02:00"'],
  [
    "an end before its beginning",
    { from: "23:00" },
    "to: 04:00 is not after from (23:00); over midnight say two windows",
  ],
  [
    "no reason",
    { reason: undefined },
    "reason: is missing: it must be a sentence that says why, for whoever misses an alert",
  ],
])("a window of maintenance with %s is refused", (_, change, message) => {
  expect(told({ alerts: { maintenance: { backup: { ...window, ...change } } } })).toEqual([
    `trading-platform:alerts.maintenance.backup.${message}`,
  ]);
});

test("in a window of maintenance people get no warnings; pages and the application's record go on", () => {
  const { days: _, ...daily } = window;
  const config = overlay([
    { origin: "default", values: leastOfProduction },
    {
      origin: "stack file",
      values: { alerts: { maintenance: { backup: window, daily } } },
    },
  ]);
  const platform = describePlatform(readSettings({ stack: "prod", config }));
  const file: unknown = parse(mountedFile(platform, "alertmanager", "/etc/alertmanager/alertmanager.yml"));
  expect(at(file, "time_intervals")).toEqual([
    { name: "backup", time_intervals: [{ weekdays: ["sunday"], times: [{ start_time: "02:00", end_time: "04:00" }] }] },
    { name: "daily", time_intervals: [{ times: [{ start_time: "02:00", end_time: "04:00" }] }] },
  ]);
  const muted = list(at(file, "route", "routes")).flatMap((route) =>
    list(at(route, "routes"))
      .filter((child) => texts(at(child, "mute_time_intervals")).length > 0)
      .map((child) => `${texts(at(route, "matchers"))}: ${at(child, "receiver")}`),
  );
  expect(muted).toEqual(['severity="warning": slack', 'severity="warning": email', 'severity="warning": pagerduty']);
});
