import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { root } from "../root.ts";
import { cached } from "./cache.ts";
import { goBuild } from "./go.ts";
import { engineVersion } from "./pulumi.ts";

let folder: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "go-"));
  target = join(folder, "target");
  mkdirSync(target);
  vi.stubEnv("TRADING_PLATFORM_CACHE", folder);
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** A Go whose `build` does what the lines say; its words are in `$*`. */
function fakeGo(...lines: readonly string[]): void {
  const file = join(folder, "go");
  writeFileSync(file, ["#!/bin/sh", '[ "$1" = build ] || exit 0', ...lines, ""].join("\n"));
  chmodSync(file, 0o755);
}

const build = goBuild({
  name: "engine",
  module: "pulumi",
  package: "example.com/engine",
  linkerFlags: "-X v=1",
  estimate: "1 s",
});
const never = new AbortController().signal;

test("builds in the module that pins it, without changing the pins", async () => {
  fakeGo(`{ pwd; for word in "$@"; do echo "$word"; done; } > ${folder}/words`);
  expect(await build(target, never)).toBeUndefined();
  const module = join(root, "tools", "pulumi");
  const words = ["build", "-trimpath", "-mod=readonly", "-ldflags", "-s -w -X v=1", "-o", join(target, "engine")];
  expect(readFileSync(join(folder, "words"), "utf8").trim().split("\n")).toEqual([
    module,
    ...words,
    "example.com/engine",
  ]);
});

test("without cgo, and with the tags that a program needs", async () => {
  fakeGo(`{ echo "$CGO_ENABLED"; echo "$*"; } > ${folder}/words`);
  const tagged = goBuild({ name: "x", module: "pulumi", package: ".", tags: ["one", "two"], estimate: "1 s" });
  expect(await tagged(target, never)).toBeUndefined();
  expect(readFileSync(join(folder, "words"), "utf8").split("\n")).toEqual([
    "0",
    `build -trimpath -mod=readonly -ldflags -s -w -tags one,two -o ${join(target, "x")} .`,
    "",
  ]);
});

test("no Go is an obstacle, not a failure", async () => {
  vi.stubEnv("PATH", folder);
  expect(await build(target, never)).toContain("there is no Go on PATH");
});

test("a failed build shows its last words and the log; a full disk is said as such", async () => {
  fakeGo("echo first; echo 'undefined: x' >&2; exit 1");
  await expect(build(target, never)).rejects.toThrow(
    /go build failed:\n(first\n)?undefined: x\n\(the whole log: .*engine-build.log/,
  );
  fakeGo("echo 'write /tmp/x: no space left on device'; exit 1");
  await expect(build(target, never)).rejects.toThrow(/is full: .* free some, or set TRADING_PLATFORM_CACHE/);
});

test("an interrupted build ends Go and leaves nothing; the next one is complete", async () => {
  fakeGo(`echo $$ > ${folder}/pid; exec sleep 20`);
  const engine = {
    key: "engine-1",
    works: (at: string) => existsSync(join(at, "engine")),
    make: async (at: string, signal: AbortSignal) => void (await build(at, signal)),
    megabytes: 1,
  };
  const first = cached(engine, folder);
  await vi.waitUntil(() => existsSync(join(folder, "pid")), { timeout: 10_000 });
  process.emit("SIGTERM");
  await expect(first).rejects.toMatchObject({ exitCode: 130 });
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  await vi.waitUntil(() => !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z "));
  expect(readdirSync(folder).filter((name) => name.startsWith("engine-1"))).toEqual([]);
  fakeGo(`while [ "$1" != -o ]; do shift; done; echo x > "$2"`);
  expect(await cached(engine, folder)).toBe(join(folder, "engine-1"));
});

test("the Go module pins the engine that is asked for", () => {
  const module = readFileSync(join(root, "tools", "pulumi", "go.mod"), "utf8");
  expect(module).toMatch(
    new RegExp(String.raw`^\s*(require )?github.com/pulumi/pulumi/pkg/v3 v${engineVersion}\b`, "m"),
  );
});
