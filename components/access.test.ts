import { expect, test } from "vitest";
import { settingsOf } from "../tests/support/stacks.ts";
import { openedMembers, openedPort, openedUrl } from "./access.ts";

test("a link of one environment never leads into another", () => {
  const ports = ["dev", "staging", "prod"].flatMap((stack) =>
    openedMembers.map((member) => openedPort(settingsOf(stack), member)),
  );
  expect(new Set(ports).size).toBe(12);
});

test("each is found at the near end of a tunnel, in dev where it is", () => {
  expect(openedMembers.map((member) => openedUrl(settingsOf("prod"), member))).toEqual([
    "http://localhost:13001",
    "http://localhost:19090",
    "http://localhost:19093",
    "http://localhost:13100",
  ]);
  expect(openedMembers.map((member) => openedUrl(settingsOf("dev"), member))).toEqual([
    "http://localhost:3001",
    "http://localhost:9090",
    "http://localhost:9093",
    "http://localhost:3100",
  ]);
});
