import { expect, test } from "vitest";
import { describePlatform } from "../../components/specification.ts";
import type { Message } from "../../services/alert-sink/messages.ts";
import { readStackFile } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { root } from "../root.ts";
import { drills, roundsOf } from "./catalogue.ts";
import { judge, promisedBy } from "./judge.ts";
import { drillsPage, drillsTable } from "./report.ts";

const settings = readSettings(readStackFile(root, "dev"));
const { alerts } = describePlatform(settings);
const promisedOf = (name: string) => {
  const drill = drills.find(({ alert }) => alert === name);
  const promised = drill && promisedBy(drill, settings, alerts);
  return promised ?? expect.unreachable(name);
};

const required = [
  ...["HighErrorRate", "SlowResponseTime", "BackendDown", "HighDatabaseConnections", "DatabaseDown"],
  ...["LongRunningQueries", "RedisDown", "HighRedisMemory", "HighCpuUsage", "HighMemoryUsage", "LowDiskSpace"],
  ...["TradingSystemUnhealthy", "HighOrderFailureRate", "BacktestQueueBackup"],
];

test("each of the 14 required alerts has one drill, in one round; a critical one runs alone", () => {
  expect(drills.map(({ alert }) => alert).sort()).toEqual(required.sort());
  const rounds = roundsOf(drills);
  expect(
    rounds
      .flat()
      .map(({ alert }) => alert)
      .sort(),
  ).toEqual(required);
  for (const round of rounds.filter(({ length }) => length > 1)) {
    expect(round.map(({ alert }) => promisedOf(alert).severity)).toEqual(round.map(() => "warning"));
  }
});

test("dev promises what production promises for its pages: within the minute", () => {
  const inProd = describePlatform(readSettings(readStackFile(root, "prod"))).alerts.filter(
    ({ severity, name }) => severity === "critical" && required.includes(name),
  );
  expect(inProd).toHaveLength(5);
  for (const { name } of inProd) expect(promisedOf(name).withinSeconds, name).toBeLessThanOrEqual(60);
});

const promised = promisedOf("DatabaseDown");
const start = Date.parse("2026-01-02T03:04:00.000Z");
const [repaired, ended] = [start + 60_000, start + 120_000];
const came = (
  channel: Message["channel"],
  second: number,
  names: { readonly firing?: readonly string[]; readonly resolved?: readonly string[] },
): Message => ({
  channel,
  at: new Date(start + 1000 * second).toISOString(),
  status: 200,
  title: "",
  ...{ firing: [], resolved: [], ...names },
});
const firing = (...channels: readonly Message["channel"][]) =>
  channels.map((channel, index) => came(channel, 40 + index, { firing: ["DatabaseDown"] }));
const over = (...channels: readonly Message["channel"][]) =>
  channels.map((channel) => came(channel, 80, { resolved: ["DatabaseDown"] }));
const all = ["pagerduty", "slack", "email", "webhook"] as const;
const good = [...firing(...all), ...over(...all)];
const judged = (messages: readonly Message[], meanwhile?: ReadonlySet<string>) =>
  judge(promised, { set: start, repaired, ended }, messages, meanwhile);

test("what is promised is measured until the last channel has it", () => {
  expect(judged(good)).toMatchObject({ afterSeconds: 43, problems: [], resolved: { email: 20 }, others: [] });
});

test.each([
  ["a channel that hears nothing", [...firing("slack", "email", "webhook"), ...over(...all)], "not told: pagerduty"],
  [
    "a channel that never hears of the end",
    [...firing(...all), ...over("slack", "email", "webhook")],
    "not resolved: pagerduty",
  ],
  [
    "a page of something else",
    [...good, came("pagerduty", 50, { firing: ["SiteUnreachable"] })],
    "paged for SiteUnreachable",
  ],
  [
    "an alert that should be inhibited",
    [...good, came("slack", 50, { firing: ["LongRunningQueries"] })],
    "not inhibited: LongRunningQueries",
  ],
])("%s is a problem", (_, messages, problem) => {
  expect(judged(messages).problems).toEqual([problem]);
});

test("a message after the promise is late; one before the fault is of another", () => {
  const late = all.map((channel) => came(channel, 59, { firing: ["DatabaseDown"] }));
  expect(judged([...late, ...over(...all)]).problems).toEqual(["too late: 59 s"]);
  expect(judged([came("slack", -1, { firing: ["DatabaseDown"] })]).told).toEqual({});
});

test("other warnings are named, and no problem; nor what ran beside it", () => {
  const more = came("slack", 50, { firing: ["HighCpuUsage"] });
  expect(judged([...good, more])).toMatchObject({ problems: [], others: ["HighCpuUsage"] });
  expect(judged([...good, more], new Set(["HighCpuUsage"])).others).toEqual([]);
});

test("a warning that pages somebody is a problem", () => {
  const warning = promisedOf("HighRedisMemory");
  const page = came("pagerduty", 5, { firing: ["HighRedisMemory"] });
  const { problems } = judge(warning, { set: start, repaired, ended }, [page]);
  expect(problems).toContain("told to pagerduty too");
});

test("the report has a row and a line of time for each, with both promises where they differ", () => {
  const outcomes = [judged(good), judged([])];
  const text = drillsTable(outcomes, new Map([["DatabaseDown", 99]]));
  expect(text).toMatch(/DatabaseDown .* 43 s +99 s .* as promised\n/);
  expect(text).toMatch(/nobody .* not told: /);
  expect(text).toContain("1 of 2 as promised");
  const page = drillsPage("dev", outcomes, new Map());
  expect(page.match(/<circle [^>]*r="3"/g)).toHaveLength(8);
  expect(page).toContain("promised: 52 s");
});
