import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { backendInUse, hasCloudCredentials, isService } from "./login.ts";
import { openProject } from "./project.ts";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "login-"));
  await writeFile(join(home, "Pulumi.yaml"), "name: p\nruntime: nodejs\n");
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function login(current: string): Promise<void> {
  await mkdir(join(home, ".pulumi"));
  await writeFile(join(home, ".pulumi", "credentials.json"), JSON.stringify({ current }));
}

test("nobody is logged in on a fresh machine", () => {
  expect(backendInUse(openProject(home), { HOME: home })).toBeUndefined();
});

test("the variable wins over the project's own backend, which wins over the login", async () => {
  await login("s3://state");
  expect(backendInUse(openProject(home), { HOME: home })).toBe("s3://state");
  await writeFile(join(home, "Pulumi.yaml"), "name: p\nruntime: nodejs\nbackend: { url: 'gs://state' }\n");
  expect(backendInUse(openProject(home), { HOME: home })).toBe("gs://state");
  expect(backendInUse(openProject(home), { HOME: home, PULUMI_BACKEND_URL: "azblob://state" })).toBe("azblob://state");
});

test("an access token alone leads to Pulumi's service; who has logged out is logged out", async () => {
  await login("");
  expect(backendInUse(openProject(home), { HOME: home })).toBeUndefined();
  expect(backendInUse(openProject(home), { HOME: home, PULUMI_ACCESS_TOKEN: "x" })).toBe("https://api.pulumi.com");
});

test("only a service keeps secrets by itself", () => {
  expect(["https://api.pulumi.com", "http://pulumi.internal"].every(isService)).toBe(true);
  expect(["s3://state", "file:///state", "gs://a", "azblob://a"].some(isService)).toBe(false);
});

test("credentials of a cloud are found by variable or by file", async () => {
  expect(hasCloudCredentials({ HOME: home })).toBe(false);
  expect(hasCloudCredentials({ HOME: home, AWS_PROFILE: "me" })).toBe(true);
  await mkdir(join(home, ".aws"));
  await writeFile(join(home, ".aws", "credentials"), "");
  expect(hasCloudCredentials({ HOME: home })).toBe(true);
});
