import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clearAfterKill } from "./killed.ts";

let state = "";
let locks = "";
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "lock-"));
  locks = join(state, ".pulumi", "locks", "organization", "p", "dev");
  await mkdir(locks, { recursive: true });
});
afterEach(() => rm(state, { recursive: true, force: true }));

const clear = () => clearAfterKill(pathToFileURL(state).href, "p", "dev");
const put = (name: string, content: string) => writeFile(join(locks, `${name}.json`), content);

test("only the lock of this host's dead process is removed", async () => {
  const dead = spawnSync("true").pid;
  await put("dead", JSON.stringify({ pid: dead, hostname: hostname() }));
  await put("mine", JSON.stringify({ pid: process.pid, hostname: hostname() }));
  await put("elsewhere", JSON.stringify({ pid: dead, hostname: "another-host" }));
  await put("unreadable", "not JSON");
  expect(await clear()).toBe(1);
  expect((await readdir(locks)).sort()).toEqual(["elsewhere.json", "mine.json", "unreadable.json"]);
});

test("attributes that were opened and not yet written are removed: the state could not be read with them", async () => {
  const stacks = join(state, ".pulumi", "stacks", "p");
  const history = join(state, ".pulumi", "history", "p", "dev");
  for (const folder of [stacks, history]) await mkdir(folder, { recursive: true });
  const whole = JSON.stringify({ "user.content_type": "application/json", md5: "" });
  for (const [file, content] of [
    [join(stacks, "dev.json"), ""],
    [join(stacks, "dev.json.attrs"), ""],
    [join(stacks, "dev.json.bak.attrs"), whole],
    [join(history, "dev-1.checkpoint.json.attrs"), ""],
  ] as const)
    await writeFile(file, content);
  expect(await clear()).toBe(0);
  expect((await readdir(stacks)).sort()).toEqual(["dev.json", "dev.json.bak.attrs"]);
  expect(await readdir(history)).toEqual([]);
});

test("no locks and other backends are nothing to do", async () => {
  expect(await clear()).toBe(0);
  expect(await clearAfterKill("s3://state", "p", "dev")).toBe(0);
});
