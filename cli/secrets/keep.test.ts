import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { changeSecrets, developerHome, developersConfig } from "../engine/developer/home.ts";
import { keepSecret, keptSecret } from "./keep.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keep-"));
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
  vi.stubEnv("XDG_DATA_HOME", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Stands for the AWS CLI: writes down each call's words and stdin, and does what the code says. */
function aws(code: string): void {
  const file = join(folder, "aws");
  const record = `const words = process.argv.slice(2);
const input = require("node:fs").readFileSync(0, "utf8");
require("node:fs").appendFileSync(${JSON.stringify(join(folder, "calls"))}, JSON.stringify({ words, input }) + "\\n");`;
  writeFileSync(file, `#!${process.execPath}\n${record}\n${code}\n`);
  chmodSync(file, 0o755);
}
const calls = () =>
  readFileSync(join(folder, "calls"), "utf8")
    .trim()
    .split("\n")
    .map((line): { words: string[]; input: string } => JSON.parse(line));

describe("a new value", () => {
  test("goes to AWS Secrets Manager by stdin, never as an argument", async () => {
    aws("");
    await keepSecret(settingsOf("prod"), "databasePasswordA", "s3cret");
    const [call] = calls();
    expect(call?.input).toBe("s3cret");
    expect(call?.words).toEqual([
      "secretsmanager",
      "put-secret-value",
      "--secret-id=arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/prod/databasePasswordA",
      "--region=eu-central-1",
      "--secret-string=file:///dev/stdin",
    ]);
  });

  test("makes the entry where there is none", async () => {
    aws('if (words[1] === "put-secret-value") { console.error("(ResourceNotFoundException)"); process.exit(254); }');
    await keepSecret(settingsOf("prod"), "databasePasswordA", "s3cret");
    expect(calls().map(({ words }) => words.slice(1, 3).join(" "))[1]).toBe(
      "create-secret --name=trading/prod/databasePasswordA",
    );
  });

  test("that is refused is told without the value", async () => {
    aws('console.error("(AccessDeniedException) not yours"); process.exit(254);');
    await expect(keepSecret(settingsOf("prod"), "databasePasswordA", "s3cret")).rejects.toThrow(
      "secret databasePasswordA: its new value could not be kept: (AccessDeniedException) not yours",
    );
  });

  test("of dev is kept in the developer's own file, beside the others", async () => {
    const dev = settingsOf("dev");
    await keepSecret(dev, "databasePasswordA", "s3cret");
    expect(await keptSecret(dev, "databasePasswordA")).toBe("s3cret");
    expect(await keptSecret(dev, "databasePassword")).toMatch(/^[\w-]{43}$/);
    await expect(keptSecret(dev, "databasePasswordB")).rejects.toThrow("secret databasePasswordB: dev has no value");
    expect(existsSync(join(folder, "calls"))).toBe(false);
  });
});

test("dev's login is the developer's own: it is laid over the checked-in section", async () => {
  const home = developerHome();
  await keepSecret(settingsOf("dev"), "databasePasswordA", "s3cret");
  expect(await developersConfig(home, { database: { storageGiB: 7 } })).toEqual({ database: { storageGiB: 7 } });
  await changeSecrets(home, { databaseLogin: "a" });
  expect(await developersConfig(home, { database: { storageGiB: 7 } })).toEqual({
    database: { storageGiB: 7, login: "a" },
  });
  await changeSecrets(home, { databaseLogin: undefined });
  expect(await developersConfig(home, {})).toEqual({});
});

test("consumers log in by the role of the settings, with the secret of that role", async () => {
  const { describePlatform, isWorkload, membersOf } = await import("../../components/specification.ts");
  const consumers = membersOf(describePlatform(settingsOf("prod", "kubernetes", { database: { login: "b" } })))
    .filter(isWorkload)
    .filter(({ secretVariables }) => secretVariables.some(({ secret }) => secret.startsWith("databasePassword")))
    .map(({ name, variables, secretVariables }) => [
      name,
      variables.DATABASE_USER ?? variables.DATA_SOURCE_USER,
      secretVariables.find(({ secret }) => secret.startsWith("databasePassword"))?.secret,
    ]);
  expect(consumers).toEqual(
    ["backend", "worker", "postgres-exporter"].map((name) => [name, "trading_b", "databasePasswordB"]),
  );
});
