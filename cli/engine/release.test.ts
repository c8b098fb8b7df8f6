import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkedOutCommit, releaseIn, releaseMessage } from "./release.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const update = (more: object) => ({
  kind: "update",
  result: "succeeded",
  startTime: "2026-11-25T14:38:20.000Z",
  message: releaseMessage(commit),
  config: {
    "trading-platform:target": { value: "docker", secret: false },
    "trading-platform:images": { value: '{"version":"1"}', objectValue: { version: "1" }, secret: false },
    "trading-platform:odd": { secret: true },
    "secrets:databasePassword": { secret: true },
    "docker:host": { value: "unix:///x", secret: false },
  },
  ...more,
});

test("the newest good update, its plain configuration and its commit", () => {
  const failed = update({ result: "failed", startTime: "2026-11-26T00:00:00.000Z" });
  const refresh = update({ kind: "refresh" });
  const older = update({ startTime: "2026-11-01T00:00:00.000Z" });
  expect(releaseIn(JSON.stringify([failed, refresh, update({}), older]))).toEqual({
    config: {
      "trading-platform:target": "docker",
      "trading-platform:images": { version: "1" },
      "docker:host": "unix:///x",
    },
    commit,
    at: "2026-11-25T14:38:20.000Z",
  });
});

test("a history without a good update, and an update of a checkout with changes", () => {
  expect(releaseIn("[]")).toBeUndefined();
  expect(releaseIn(JSON.stringify([update({ result: "failed" })]))).toBeUndefined();
  expect(releaseIn(JSON.stringify([update({ message: releaseMessage(undefined) })]))?.commit).toBeUndefined();
});

test("a checkout is at its commit only while nothing differs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "commit-"));
  const git = (...words: string[]) => execFileSync("git", ["-C", folder, ...words], { encoding: "utf8" }).trim();
  try {
    expect(await checkedOutCommit(folder)).toBeUndefined();
    git("init", "--quiet");
    writeFileSync(join(folder, "a"), "1");
    git("add", "a");
    git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "one");
    expect(await checkedOutCommit(folder)).toBe(git("rev-parse", "HEAD"));
    writeFileSync(join(folder, "a"), "2");
    expect(await checkedOutCommit(folder)).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
