import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isTemporaryBackend, makeTemporaryBackend, type TemporaryBackend } from "./backend.ts";
import { guardFor } from "./guard.ts";
import { parseUrn } from "./identity.ts";
import { startOfflineProviders } from "./start.ts";

const urn = "urn:pulumi:prod::platform::aws:ec2/vpc:Vpc::vpc";
let backend: TemporaryBackend;

beforeEach(async () => {
  backend = await makeTemporaryBackend();
});
afterEach(() => backend.remove());

async function lock(project: string, stack: string, pid: number): Promise<void> {
  const folder = join(backend.directory, ".pulumi/locks/organization", project, stack);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "1f0e.json"), JSON.stringify({ pid, username: "u", hostname: "h" }));
}

const refusal = () => guardFor("aws", backend.directory).refusal(parseUrn(urn));

test("without a running update of that stack nothing may be changed", () => {
  expect(refusal()).toMatch(/no update of platform\/prod is running.*Unset PULUMI_DEBUG_PROVIDERS/s);
});

test("an update of another stack does not open the door", async () => {
  await lock("platform", "dev", process.pid);
  await lock("other", "prod", process.pid);
  expect(refusal()).toBeDefined();
});

test("nor does the lock that a dead process left", async () => {
  const ended = spawnSync(process.execPath, ["-e", ""]).pid;
  await lock("platform", "prod", ended);
  expect(refusal()).toBeDefined();
});

test("a damaged lock is no permission", async () => {
  await lock("platform", "prod", process.pid);
  await writeFile(join(backend.directory, ".pulumi/locks/organization/platform/prod/1f0e.json"), "{");
  expect(refusal()).toBeDefined();
});

test("a running update does", async () => {
  await lock("platform", "prod", process.pid);
  expect(refusal()).toBeUndefined();
});

test("a folder of somebody else's is no temporary backend, and the stand-ins do not start for it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "not-ours-"));
  expect(await isTemporaryBackend(directory)).toBe(false);
  const theirs = { directory, url: `file://${directory}`, remove: async () => {} };
  await expect(startOfflineProviders({ backend: theirs })).rejects.toThrow(/is not a temporary backend/);
  await rm(directory, { recursive: true });
});

test("a temporary backend is gone after remove", async () => {
  await backend.remove();
  expect(existsSync(backend.directory)).toBe(false);
});
