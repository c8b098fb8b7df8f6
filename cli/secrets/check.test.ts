import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { describePlatform, membersOf } from "../../components/specification.ts";
import { secretsFileVariable } from "../../stacks/secrets.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { changeSecrets, developerHome, makeDeveloperHome } from "../engine/developer/home.ts";
import { root } from "../root.ts";
import { checkSecrets } from "./check.ts";
import type { Held } from "./held.ts";
import { lookUp } from "./look-up.ts";
import { secretsText } from "./report.ts";
import { settingsInUse } from "./settings.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
  vi.stubEnv(secretsFileVariable, join(folder, "none.json"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const now = new Date("2026-06-01T00:00:00Z");
const daysAgo = (count: number): Date => new Date(now.getTime() - count * 86_400_000);

/** Judges a stack's secrets where each is held as `held` says. */
const checked = (stack: string, held: Held | ((key: string) => Held), target?: string) => {
  const settings = settingsOf(stack, target);
  const look = async (source: { kind: string; key?: string; arn?: string }) =>
    typeof held === "function" ? held(source.key ?? source.arn ?? "") : held;
  return checkSecrets(settings, membersOf(describePlatform(settings)), look, now);
};
const there = (since?: Date): Held => ({ state: "there", since });

describe("the verdict", () => {
  test.each(["staging", "prod"])(
    "%s: what the stack needs and nobody has set is missing, with the command",
    async (stack) => {
      const all = await checked(stack, { state: "missing" });
      expect(all.map(({ verdict }) => verdict)).toEqual(all.map(() => "missing"));
      expect(all.find(({ secret }) => secret === "databasePassword")).toMatchObject({
        users: ["database", "backend", "worker", "postgres-exporter"],
        // RDS and ElastiCache refuse some passwords, and the end of a line that the AWS CLI is sent.
        remedy: `openssl rand -hex 24 | tr -d '\\n' | aws secretsmanager create-secret --name=trading/${stack}/databasePassword --region=eu-central-1 --secret-string=file:///dev/stdin`,
      });
      const remedyOf = (name: string) => all.find(({ secret }) => secret === name)?.remedy;
      expect(remedyOf("cachePassword")).toMatch(/^openssl rand -hex 24 \| tr/);
      expect(remedyOf("slackWebhookUrl")).toMatch(/^tr -d '\\n' \| aws /);
      expect(remedyOf("monitoringCertificate")).toMatch(/^aws /);
      // Nobody logs in by them yet, and no registry asks for a password.
      expect(all.map(({ secret }) => secret)).not.toContain("databasePasswordA");
      expect(all.map(({ secret }) => secret)).not.toContain("registryPassword");
    },
  );

  test("what was not changed for longer than secretMaxAge is too old; certificates have an end of their own", async () => {
    const verdicts = async (age: number) =>
      Object.fromEntries((await checked("prod", there(daysAgo(age)))).map(({ secret, verdict }) => [secret, verdict]));
    expect(await verdicts(90)).toMatchObject({ databasePassword: "fine", cachePassword: "fine" });
    expect(await verdicts(91)).toMatchObject({
      databasePassword: "too old",
      cachePassword: "too old",
      tlsCertificate: "fine",
    });
  });

  test("an old database password is rotated, another secret is set", async () => {
    const old = await checked("prod", there(daysAgo(400)), "kubernetes");
    const remedyOf = (name: string) => old.find(({ secret }) => secret === name)?.remedy;
    expect(remedyOf("databasePassword")).toBe("./platform secrets rotate prod database-password");
    expect(remedyOf("cachePassword")).toBe("pulumi config set --secret secrets:cachePassword --stack prod");
  });

  test("dev's own are made by up; those of somebody's account are not", async () => {
    const verdicts = (await checked("dev", { state: "missing" })).map(({ verdict, remark }) => `${verdict}: ${remark}`);
    expect(new Set(verdicts)).toEqual(new Set(["fine: made by ./platform up"]));
  });

  test("dev's login after a rotation is the developer's own: the check asks for that role's password", async () => {
    vi.stubEnv("XDG_DATA_HOME", folder);
    const home = developerHome();
    expect((await settingsInUse("dev")).database.login).toBe("owner");
    await makeDeveloperHome();
    await changeSecrets(home, { databaseLogin: "a", databasePasswordA: "hunter2" });
    vi.stubEnv(secretsFileVariable, home.secretsFile);
    const settings = await settingsInUse("dev");
    expect(settings.database.login).toBe("a");
    const all = await checkSecrets(settings, membersOf(describePlatform(settings)), await lookUp(root, "dev"), now);
    expect(all.find(({ secret }) => secret === "databasePasswordA")).toMatchObject({
      users: ["backend", "worker", "postgres-exporter"],
      verdict: "fine",
    });
    // Lost, it is missing: no `up` makes it, and who said so before had looked at the first login.
    await changeSecrets(home, { databasePasswordA: undefined });
    const lost = await checkSecrets(settings, membersOf(describePlatform(settings)), await lookUp(root, "dev"), now);
    expect(lost.find(({ secret }) => secret === "databasePasswordA")).toMatchObject({ verdict: "missing" });
    expect(secretsText([...all, ...lost])).not.toContain("hunter2");
  });

  test("the table shows everything but values", async () => {
    const text = secretsText(await checked("staging", (arn) => (arn.endsWith("Key") ? { state: "missing" } : there())));
    expect(text).toMatch(/^secret +is +held in +since/);
    expect(text).toMatch(/tokenSigningKey +missing +AWS Secrets Manager trading\/staging\/tokenSigningKey/);
    expect(text).toMatch(/to set:\n {2}tokenSigningKey: tr -d '\\n' \| aws secretsmanager create-secret/);
  });
});

describe("where they are held", () => {
  test("in a stack's file: encrypted, in plain text, or not there, and since when git has the line", async () => {
    const git = (...words: string[]) => {
      const identity = {
        GIT_AUTHOR_NAME: "a",
        GIT_AUTHOR_EMAIL: "a",
        GIT_COMMITTER_NAME: "a",
        GIT_COMMITTER_EMAIL: "a",
      };
      const dates = { GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z", GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z" };
      execFileSync("git", ["-C", folder, ...words], {
        env: { ...process.env, ...identity, ...dates },
        stdio: "ignore",
      });
    };
    const file = join(folder, "Pulumi.prod.yaml");
    const old = "config:\n  trading-platform:target: docker\n  secrets:cachePassword:\n    secure: v1:aaaa\n";
    writeFileSync(file, old);
    git("init");
    git("add", ".");
    git("commit", "-m", "one");
    const began = Date.now();
    writeFileSync(file, `${old}  secrets:databasePassword: { secure: v1:bbbb }\n  secrets:smtpPassword: hunter2\n`);
    const held = await lookUp(folder, "prod");
    const of = (key: string) => held({ kind: "config", key });
    expect(await of("cachePassword")).toEqual(there(new Date("2026-01-01T00:00:00Z")));
    const fresh = await of("databasePassword");
    expect(fresh.state === "there" ? (fresh.since?.getTime() ?? 0) : 0).toBeGreaterThanOrEqual(began - 2000);
    expect(await of("smtpPassword")).toEqual({ state: "in plain text" });
    expect(await of("tokenSigningKey")).toEqual({ state: "missing" });
  });

  test("without git nobody knows since when", async () => {
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config:\n  secrets:cachePassword: { secure: v1:aaaa }\n");
    expect(await (await lookUp(folder, "prod"))({ kind: "config", key: "cachePassword" })).toEqual(there());
  });

  test("dev's in the developer's own file", async () => {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), "config: {}\n");
    writeFileSync(join(folder, "none.json"), '{"cachePassword":"hunter2"}');
    const held = await lookUp(folder, "dev");
    expect(await held({ kind: "config", key: "cachePassword" })).toEqual(there());
    expect(await held({ kind: "config", key: "databasePassword" })).toEqual({ state: "missing" });
  });

  /** Stands for the AWS CLI: answers with the JSON that its documentation shows, by the operation. */
  function aws(answers: Readonly<Record<string, unknown>>): void {
    const file = join(folder, "aws");
    const code = `const answer = ${JSON.stringify(answers)}[process.argv[3]];
if (typeof answer === "string") { console.error("\\n" + answer); process.exit(254); }
if (process.argv[3] === "get-secret-value") throw new Error("nobody may ask for a value");
console.log(JSON.stringify(answer));`;
    writeFileSync(file, `#!${process.execPath}\n${code}\n`);
    chmodSync(file, 0o755);
  }
  const inCloud = async () => {
    writeFileSync(join(folder, "Pulumi.prod.yaml"), "config: {}\n");
    const arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/prod/cachePassword";
    return (await lookUp(folder, "prod"))({ kind: "secretsManager", arn });
  };
  const version = (stage: string, date: string) => ({ VersionId: "1", VersionStages: [stage], CreatedDate: date });
  const described = { Name: "trading/prod/cachePassword", LastChangedDate: "2026-05-01T00:00:00+00:00" };
  const noSuch =
    "An error occurred (ResourceNotFoundException) when calling the DescribeSecret operation: Secrets Manager can't find the specified secret.";

  test.each([
    [
      "a value, since its version",
      described,
      [version("AWSCURRENT", "2026-02-01T00:00:00Z")],
      there(new Date("2026-02-01")),
    ],
    ["an entry without a value", described, [version("AWSPREVIOUS", "2026-02-01T00:00:00Z")], { state: "missing" }],
    ["an entry that is going", { ...described, DeletedDate: "2026-05-01T00:00:00Z" }, [], { state: "missing" }],
    ["no entry", noSuch, [], { state: "missing" }],
    [
      "nobody lets us ask",
      "An error occurred (AccessDeniedException) when calling the DescribeSecret operation: not yours",
      [],
      {
        state: "not told",
        why: "An error occurred (AccessDeniedException) when calling the DescribeSecret operation: not yours",
      },
    ],
  ])("in AWS Secrets Manager: %s", async (_, entry, Versions, expected) => {
    aws({ "describe-secret": entry, "list-secret-version-ids": { Versions } });
    expect(await inCloud()).toEqual(expected);
  });

  test("without the AWS CLI it is said that it is missing", async () => {
    vi.stubEnv("PATH", folder);
    expect(await inCloud()).toEqual({ state: "not told", why: "aws is not on PATH" });
  });
});
