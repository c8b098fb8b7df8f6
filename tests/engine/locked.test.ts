import { mkdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { developerHome } from "../../cli/engine/developer/home.ts";
import type { TemporaryBackend } from "../../offline/backend.ts";
import { deployed } from "../support/deployed.ts";
import { fixture, stubHome } from "./support.ts";

let home: TemporaryBackend;
beforeEach(async () => {
  home = await stubHome();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await home.remove();
});

/** As Pulumi writes it (pkg/backend/diy/lock.go); this process is alive, so nobody takes it for a dead one's. */
async function lockState(project: string): Promise<void> {
  const folder = join(developerHome().directory, "state", ".pulumi", "locks", "organization", project, "dev");
  await mkdir(folder, { recursive: true });
  const lock = { pid: process.pid, username: "anna", hostname: hostname(), timestamp: new Date().toISOString() };
  await writeFile(join(folder, "0f6e1a52-7d2f-4a53-9f2a-2a6a2c1f3b44.json"), JSON.stringify(lock));
}

test("a state that another deploy has locked: one message with the way out, and nothing is taken back", {
  timeout: 120_000,
}, async () => {
  const stackOf = { project: fixture("plain"), stack: "dev" };
  expect((await deployed(stackOf, "up")).refusal).toBeUndefined();
  await lockState(stackOf.project.name);
  const { printed, refusal } = await deployed(stackOf, "up");
  expect(printed).toContain("anna@");
  expect(printed).not.toMatch(/taken? back/);
  expect(refusal).toMatch(/^dev: another deploy is under way.*nothing was touched.*pulumi cancel dev$/s);
});
