import { expect, test } from "vitest";
import { settingsOf } from "../tests/support/stacks.ts";
import { openedMembers, openedPort, openedUrl } from "./access.ts";
import type { Settings } from "./settings.ts";

test("a link of one environment never leads into another", () => {
  const ports = ["dev", "staging", "prod"].flatMap((stack) =>
    openedMembers.map((member) => openedPort(settingsOf(stack), member)),
  );
  expect(new Set(ports).size).toBe(9);
});

test("each is found at the near end of a tunnel, Grafana with single sign-on by its name, in dev where it is", () => {
  const urls = (settings: Settings) => openedMembers.map((member) => openedUrl(settings, member));
  expect(urls(settingsOf("prod"))).toEqual([
    "https://grafana.trading.example.com",
    "http://localhost:19090",
    "http://localhost:19093",
  ]);
  expect(urls(settingsOf("prod", undefined, { grafana: {} }))).toEqual([
    "http://localhost:13001",
    "http://localhost:19090",
    "http://localhost:19093",
  ]);
  expect(urls(settingsOf("dev"))).toEqual(["http://localhost:3001", "http://localhost:9090", "http://localhost:9093"]);
});
