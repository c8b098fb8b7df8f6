import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answerOf } from "./program.ts";
import { ensureOwn, ensureTool, isAtLeast, type Maker, type Tool } from "./tool.ts";

let folder: string;
let cache: string;
let bin: string;
const said: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tool-"));
  [cache, bin] = [join(folder, "cache"), join(folder, "bin")];
  mkdirSync(bin);
  said.length = 0;
  vi.spyOn(console, "error").mockImplementation((line) => said.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function program(file: string, version: string): void {
  writeFileSync(file, `#!/bin/sh\necho v${version}\n`);
  chmodSync(file, 0o755);
}

const makes: Maker = async (target) => {
  program(join(target, "engine"), "3.2.1");
  return undefined;
};
const cannot: Maker = async () => "the site is not reachable";

const tool = (...makers: readonly Maker[]): Tool => ({
  name: "engine",
  version: "3.2.1",
  versionOf: (file) => answerOf(file)?.slice(1),
  makers,
  megabytes: 1,
  wayOut: "Install it.",
});

test("the one on PATH is taken where it is new enough; nothing is made", async () => {
  program(join(bin, "engine"), "3.10.0");
  expect(await ensureTool(tool(cannot), cache, `/nowhere:${bin}`)).toBe(join(bin, "engine"));
});

test("one on PATH that is too old is named, and an own one is made", async () => {
  program(join(bin, "engine"), "3.2.0");
  expect(await ensureTool(tool(makes), cache, bin)).toBe(join(cache, "engine-3.2.1", "engine"));
  expect(said).toEqual([`platform: ${join(bin, "engine")} is 3.2.0; 3.2.1 or newer is needed: using our own`]);
});

test("one on PATH that does not run is named, and an own one is made", async () => {
  writeFileSync(join(bin, "engine"), "\u0000not a program");
  chmodSync(join(bin, "engine"), 0o755);
  await ensureTool(tool(makes), cache, bin);
  expect(said[0]).toContain("does not run; 3.2.1 or newer is needed");
});

test("what must not depend on the machine is made even where a newer one is on PATH", async () => {
  program(join(bin, "engine"), "3.10.0");
  vi.stubEnv("PATH", `${bin}:/usr/bin:/bin`);
  expect(await ensureOwn(tool(makes), cache)).toBe(join(cache, "engine-3.2.1", "engine"));
  vi.unstubAllEnvs();
});

test("the first way that is open is gone, and why an earlier one was not is said", async () => {
  await ensureTool(tool(cannot, makes), cache, "");
  expect(said).toEqual(["platform: the site is not reachable"]);
});

test("a cached one of another version, or that does not run, is made anew", async () => {
  for (const damage of ["#!/bin/sh\necho v3.0.0\n", "#!/bin/sh\nexit 1\n", ""]) {
    const made = await ensureTool(tool(makes), cache, "");
    writeFileSync(made, damage);
    await ensureTool(tool(makes), cache, "");
    expect(readFileSync(made, "utf8")).toContain("v3.2.1");
    expect(said.at(-1)).toBe("platform: engine-3.2.1 in the cache is damaged; it is made anew");
  }
});

test("where no way is open, every obstacle and the way out are named, and nothing is left", async () => {
  const noGo: Maker = async () => "there is no Go";
  await expect(ensureTool(tool(cannot, noGo), cache, "")).rejects.toThrow(
    "no way to get engine 3.2.1 on this machine: the site is not reachable; there is no Go. Install it.",
  );
  expect(readdirSync(cache)).toEqual([]);
});

test.each([
  ["3.259.0", "3.259.0", true],
  ["3.260.0", "3.259.0", true],
  ["4.0.0", "3.259.0", true],
  ["3.99.0", "3.259.0", false],
  ["3.258.9", "3.259.0", false],
])("%s serves where %s is needed: %s", (version, wanted, serves) => {
  expect(isAtLeast(version, wanted)).toBe(serves);
});
