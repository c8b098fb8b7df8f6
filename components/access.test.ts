import { expect, test } from "vitest";
import { settingsOf } from "../tests/support/stacks.ts";
import { openedMembers, openedPort, openedUrl } from "./access.ts";
import type { Settings } from "./settings.ts";
import { describePlatform, isWorkload, membersOf } from "./specification.ts";

test("a link of one environment never leads into another", () => {
  const ports = ["dev", "staging", "prod"].flatMap((stack) =>
    openedMembers.map((member) => openedPort(settingsOf(stack), member)),
  );
  expect(new Set(ports).size).toBe(12);
});

test("each is found at the near end of a tunnel, Grafana with single sign-on by its name, in dev where it is", () => {
  const urls = (settings: Settings) => openedMembers.map((member) => openedUrl(settings, member));
  expect(urls(settingsOf("prod"))).toEqual([
    "https://grafana.trading.example.com",
    "http://localhost:19090",
    "http://localhost:19093",
    "http://localhost:13100",
  ]);
  expect(urls(settingsOf("prod", undefined, { grafana: {} }))).toEqual([
    "http://localhost:13001",
    "http://localhost:19090",
    "http://localhost:19093",
    "http://localhost:13100",
  ]);
  expect(urls(settingsOf("dev"))).toEqual([
    "http://localhost:3001",
    "http://localhost:9090",
    "http://localhost:9093",
    "http://localhost:3100",
  ]);
});

test("where development's loopback is another address, it is found there; a tunnel's near end stays on localhost", () => {
  const urls = (stack: string, target: string, loopbackAddress: string) => {
    const settings = settingsOf(stack, target, { docker: { loopbackAddress } });
    return [openedUrl(settings, "prometheus"), openedUrl(settings, "loki")];
  };
  expect(urls("dev", "docker", "127.0.0.2")).toEqual(["http://127.0.0.2:9090", "http://127.0.0.2:3100"]);
  expect(urls("dev", "docker", "::1")).toEqual(["http://[::1]:9090", "http://[::1]:3100"]);
  for (const everywhere of ["127.0.0.1", "0.0.0.0", "::"]) {
    expect(urls("dev", "docker", everywhere)).toEqual(["http://localhost:9090", "http://localhost:3100"]);
  }
  expect(urls("prod", "docker", "127.0.0.2")).toEqual(["http://localhost:19090", "http://localhost:13100"]);
});

/** Every form that links have: by stack and target, with single sign-on and without. */
const forms = ["dev", "staging", "prod"].flatMap((stack) =>
  ["docker", "ecs", "kubernetes"].flatMap((target) => [
    { stack, target, more: {} },
    { stack, target, more: { grafana: {} } },
  ]),
);

test.each(forms)(
  "a link leads where its member says that it is: $stack on $target, $more",
  ({ stack, target, more }) => {
    const settings = settingsOf(stack, target, more);
    const members = membersOf(describePlatform(settings)).filter(isWorkload);
    const named = (wanted: string) => members.find(({ name }) => name === wanted);
    for (const member of ["prometheus", "alertmanager"] as const) {
      expect(named(member)?.args).toContain(`--web.external-url=${openedUrl(settings, member)}`);
    }
    const grafana = openedUrl(settings, "grafana");
    expect(named("grafana")?.variables.GF_SERVER_ROOT_URL).toBe(`${grafana}/`);
    // And where that is no way of ./platform open, the gateway knows the name.
    const names = named("gateway")?.files.flatMap(({ content }) => [...content.matchAll(/server_name (\S+);/g)]);
    const known = names?.map(([, name]) => `https://${name}`);
    expect([known?.includes(grafana), grafana.startsWith("http://localhost:")]).toContain(true);
    expect(known).toHaveLength(grafana.startsWith("https:") ? 2 : 1);
  },
);
