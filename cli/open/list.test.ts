import { expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { missingAdvice, openingsOf, openingsTable, seen } from "./list.ts";

test("dev: all is on this host, and what does not answer is said to be so", async () => {
  const openings = openingsOf(settingsOf("dev"));
  const shown = openingsTable(await seen(openings, async (port) => port !== 3001));
  expect(shown.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["what", "where", "now"],
    ["application", "http://localhost", "answers"],
    ["grafana", "http://localhost:3001", "nobody answers"],
    ["prometheus", "http://localhost:9090", "answers"],
    ["alertmanager", "http://localhost:9093", "answers"],
    ["loki", "http://localhost:3100", "answers"],
    ["alert-sink", "http://localhost:8082", "answers"],
  ]);
});

test("who finds nobody is told what brings it; who finds all is told nothing", async () => {
  const openings = openingsOf(settingsOf("dev"));
  const found = (isUp: boolean) => seen(openings, async () => isUp);
  expect(missingAdvice(await found(false), "dev")).toMatch(/\.\/platform up dev .*\.\/platform status/);
  expect(missingAdvice(await found(true), "dev")).toBeUndefined();
});

test("dev on another loopback address: there it is looked for, and there links lead", async () => {
  const openings = openingsOf(settingsOf("dev", "docker", { docker: { loopbackAddress: "127.0.0.2" } }));
  const asked: string[] = [];
  const shown = openingsTable(await seen(openings, async (port, host) => asked.push(`${host}:${port}`) > 0));
  expect(shown).toMatch(/^loki +http:\/\/127\.0\.0\.2:3100 +answers$/m);
  expect(shown).toMatch(/^alert-sink +http:\/\/127\.0\.0\.2:8082 +answers$/m);
  expect(asked).toEqual(expect.arrayContaining(["127.0.0.2:3100", "127.0.0.2:8082", "127.0.0.2:9090"]));
});

test.each([
  ["127.0.0.2", "http://127.0.0.2", "127.0.0.2:80"],
  ["::1", "http://[::1]", "::1:80"],
  ["0.0.0.0", "http://localhost", "localhost:80"],
])("dev whose public ports are at %s: the application is %s", async (publicAddress, url, sought) => {
  const openings = openingsOf(settingsOf("dev", "docker", { docker: { publicAddress } }));
  expect(openings[0]).toMatchObject({ name: "application", url });
  const asked: string[] = [];
  await seen(openings, async (port, host) => asked.push(`${host}:${port}`) > 0);
  expect(asked).toContain(sought);
});

test("one Docker host whose site has a name is found by it, and looked for where it listens", () => {
  const settings = settingsOf("dev", "docker", { domain: "trading.test", docker: { publicAddress: "127.0.0.2" } });
  expect(openingsOf(settings)[0]).toEqual({
    ...{ name: "application", url: "https://trading.test" },
    ...{ host: "127.0.0.2", port: 443 },
  });
});

test("prod: what is public is said, and for the rest the command that opens the way, until it is open", async () => {
  const openings = openingsOf(settingsOf("prod"));
  const shown = openingsTable(await seen(openings, async (port) => port === 19_093));
  expect(shown).toMatch(/^application +https:\/\/trading\.example\.com +public$/m);
  expect(shown).toMatch(/^grafana +https:\/\/grafana\.trading\.example\.com +public$/m);
  expect(shown).toMatch(/^prometheus +http:\/\/localhost:19090 +\.\/platform open prod prometheus$/m);
  expect(shown).toMatch(/^alertmanager +http:\/\/localhost:19093 +answers$/m);
  expect(shown).not.toContain("alert-sink");
});

test("what is left out is not there to open", () => {
  const settings = settingsOf("dev", undefined, { without: ["grafana", "alert-sink"] });
  expect(openingsOf(settings).map(({ name }) => name)).toEqual(["application", "prometheus", "alertmanager", "loki"]);
});
