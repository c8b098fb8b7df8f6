import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { checksumOf, download } from "./download.ts";

const archive = "engine-v1-linux-x64.tar.gz";
const never = new AbortController().signal;
const files = new Map<string, Buffer | string>();
let folder: string;
let target: string;
let server: Server;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "download-"));
  target = join(folder, "target");
  mkdirSync(join(folder, "engine"));
  mkdirSync(target);
  vi.stubEnv("TRADING_PLATFORM_CACHE", folder);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  writeFileSync(join(folder, "engine", "engine"), "the program");
  writeFileSync(join(folder, "engine", "host"), "something else");
  spawnSync("tar", ["-czf", join(folder, archive), "-C", folder, "engine"]);
  const bytes = readFileSync(join(folder, archive));
  files.set(`/${archive}`, bytes);
  files.set("/sums.txt", `${"0".repeat(64)}  other\n${createHash("sha256").update(bytes).digest("hex")}  ${archive}\n`);
  server = createServer(({ url: path = "" }, answer) => {
    const content = files.get(path);
    answer.writeHead(content === undefined ? 404 : 200).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterEach(() => {
  server.close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const get = () =>
  download({ name: "engine", url, archive, checksums: "sums.txt", member: "engine/engine" })(target, never);

test("the program is unpacked, and nothing else", async () => {
  expect(await get()).toBeUndefined();
  expect(readdirSync(target)).toEqual(["engine"]);
  expect(readFileSync(join(target, "engine"), "utf8")).toBe("the program");
});

test("an archive that does not match its checksum is thrown away", async () => {
  files.set(`/${archive}`, "something that somebody else has put there");
  expect(await get()).toBe(`the download of ${archive} does not match its published checksum and is thrown away`);
  expect(readdirSync(target)).toEqual([]);
});

test("a release without this archive, and one that is gone, are obstacles, not failures", async () => {
  files.delete(`/${archive}`);
  expect(await get()).toMatch(/cannot be downloaded: .*answers 404/);
  files.set("/sums.txt", "");
  expect(await get()).toMatch(/lists no engine-v1/);
});

test("a host that is not reachable is left at once", async () => {
  server.close();
  const started = Date.now();
  expect(await get()).toMatch(/cannot be downloaded: 127.0.0.1:\d+ is not reachable/);
  expect(Date.now() - started).toBeLessThan(5_000);
});

test("checksum files in text and in binary mode", () => {
  expect(checksumOf("abc  one\ndef *two\n", "one")).toBe("abc");
  expect(checksumOf("abc  one\ndef *two\n", "two")).toBe("def");
  expect(checksumOf("abc  one-more\n", "one")).toBeUndefined();
});
