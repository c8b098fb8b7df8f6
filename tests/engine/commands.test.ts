import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Ended, execute, newcomer, platform, withFolder } from "./support.ts";

/** Runs `./platform` as a newcomer would, with more in the environment where a test says so. */
const run = (home: string, words: readonly string[], environment = {}): Promise<Ended> =>
  execute(platform[0], [platform[1], ...words], { ...newcomer(home), ...environment });

const withHome = withFolder;

/** Nothing of a newcomer's home was touched. */
const untouched = async (home: string): Promise<boolean> => (await readdir(home)).length === 0;

describe("bad input is one clear message, and nothing half done", () => {
  test.each([
    {
      name: "a stack that is not there, with the one that was meant",
      words: ["preview", "stagin"],
      says: /there is no stack "stagin"; did you mean "staging"\? .*dev, staging, prod, bootstrap/,
      code: 2,
    },
    {
      name: "up of a stack that is not there",
      words: ["up", "production"],
      says: /there is no stack "production".*: dev, staging, prod, bootstrap\. A new one is a new file: cp Pulumi\.staging\.yaml Pulumi\.production\.yaml.*trading-platform:environment/,
      code: 2,
    },
    {
      name: "a commit that git does not know",
      words: ["preview", "dev", "--against", "no-such-ref"],
      says: /git knows no commit "no-such-ref"/,
      code: 2,
    },
    {
      name: "a commit that looks like an option",
      words: ["preview", "dev", "--against=--help"],
      says: /git knows no commit "--help"/,
      code: 2,
    },
    {
      name: "offline and live at once",
      words: ["preview", "dev", "--offline", "--live"],
      says: /--offline and --live exclude each other/,
      code: 2,
    },
    {
      name: "live on another target",
      words: ["preview", "dev", "--live", "--target", "ecs"],
      says: /--target and --against preview offline/,
      code: 2,
    },
    {
      name: "a release by a tag that moves",
      words: ["up", "staging", "--release", "latest"],
      says: /^platform: --release "latest": must be a full version that is never moved/m,
      code: 2,
    },
    {
      name: "nobody logged in for staging",
      words: ["up", "staging", "--yes"],
      says: /staging: nobody is logged in .*pulumi login/,
      code: 1,
    },
    {
      name: "nobody logged in for a live preview",
      words: ["preview", "prod", "--live"],
      says: /prod: nobody is logged in/,
      code: 1,
    },
    {
      name: "drift of a stack that is not there",
      words: ["drift", "stagin"],
      says: /there is no stack "stagin"; did you mean "staging"/,
      code: 2,
    },
    {
      name: "drift with nothing but stand-ins",
      words: ["drift", "staging"],
      says: /staging: nobody is logged in .*offline stand-ins have neither.*pulumi login/,
      code: 1,
    },
    {
      name: "going back where nothing was deployed",
      words: ["rollback", "staging", "--yes"],
      says: /staging: no release is on record, .*\.\/platform up staging --release/,
      code: 1,
    },
    {
      name: "releases of a stack that is not there",
      words: ["releases", "stagin"],
      says: /there is no stack "stagin"; did you mean "staging"/,
      code: 2,
    },
    {
      name: "a check of the secrets of a stack that is not there",
      words: ["secrets", "check", "stagin"],
      says: /Pulumi\.stagin\.yaml: is not there; .*did you mean staging/,
      code: 1,
    },
    {
      name: "a rotation that nobody confirmed",
      words: ["secrets", "rotate", "dev", "database-password"],
      says: /rotate the database password of dev was not confirmed.*--yes/,
      code: 1,
    },
    {
      name: "a secret that nobody can rotate",
      words: ["secrets", "rotate", "dev", "cache-password"],
      says: /'cache-password' is invalid.*database-password/,
      code: 2,
    },
    {
      name: "an environment for a stack that has none",
      words: ["env", "prod"],
      says: /prod needs nothing of \.\/platform/,
      code: 1,
    },
  ])("$name", async ({ words, says, code }) => {
    await withHome(async (home) => {
      const ended = await run(home, words);
      expect(ended.stderr).toMatch(says);
      expect(ended.stderr).not.toMatch(/unexpected error|\n\s+at /);
      expect(ended.stdout).toBe("");
      expect(ended.code).toBe(code);
      expect(await untouched(home)).toBe(true);
    });
  });

  test("another stack in a shell that is set up for dev: it would be in dev's own state", async () => {
    await withHome(async (home) => {
      const shell = {
        PULUMI_BACKEND_URL: `file://${home}/.local/share/trading-platform/state`,
        PULUMI_CONFIG_PASSPHRASE_FILE: `${home}/.local/share/trading-platform/passphrase`,
      };
      const ended = await run(home, ["up", "prod", "--yes"], shell);
      expect(ended.stderr).toMatch(/prod: PULUMI_BACKEND_URL is dev's own state .*Unset PULUMI_BACKEND_URL .*log in/);
      expect(ended.code).toBe(1);
      expect(await untouched(home)).toBe(true);
    });
  });

  test("a missing passphrase, before anything is asked of the backend", async () => {
    await withHome(async (home) => {
      const ended = await run(home, ["up", "staging", "--yes"], { PULUMI_BACKEND_URL: `file://${home}` });
      expect(ended.stderr).toMatch(/staging: .*passphrase, and none is given.*PULUMI_CONFIG_PASSPHRASE_FILE/);
      expect(ended.code).toBe(1);
      expect(await untouched(home)).toBe(true);
    });
  });

  test("a target that is not there names those that are, once", async () => {
    await withHome(async (home) => {
      const ended = await run(home, ["preview", "dev", "--target", "nomad"]);
      const said = ended.stdout + ended.stderr;
      expect(said.match(/target: .*nomad/g)).toHaveLength(1);
      expect(said).toMatch(/docker.*kubernetes|kubernetes.*docker/);
      expect(said).not.toMatch(/\n\s+at /);
      expect(ended.code).toBe(1);
    });
  });
});

describe("./platform env dev", () => {
  test("makes what dev needs and prints where it is, not what it is", async () => {
    await withHome(async (home) => {
      const { stdout, code } = await run(home, ["env", "dev"]);
      expect(code).toBe(0);
      const data = join(home, ".local", "share", "trading-platform");
      expect(stdout).toBe(
        `export PULUMI_BACKEND_URL='file://${data}/state'\n` +
          `export PULUMI_CONFIG_PASSPHRASE_FILE='${data}/passphrase'\n` +
          `export TRADING_PLATFORM_SECRETS_FILE='${data}/secrets.json'\n`,
      );
      for (const file of ["passphrase", "secrets.json"])
        expect((await stat(join(data, file))).mode & 0o777).toBe(0o600);
      const { databasePassword } = JSON.parse(await readFile(join(data, "secrets.json"), "utf8"));
      expect(databasePassword).toMatch(/^[\w-]{43}$/);
    });
  });

  test("leaves the backend to who is logged in to one", async () => {
    await withHome(async (home) => {
      const { stdout } = await run(home, ["env", "dev"], { PULUMI_BACKEND_URL: "s3://state" });
      expect(stdout).toMatch(/^export TRADING_PLATFORM_SECRETS_FILE='[^']+'\n$/);
    });
  });
});

describe("a preview", () => {
  test("against the commit that is checked out, with nothing changed since, changes nothing", {
    timeout: 200_000,
  }, async ({ skip }) => {
    const { stdout: changes } = await execute("git", ["status", "--porcelain"]).catch(() => ({ stdout: "no git" }));
    if (changes !== "") skip("the checkout differs from its commit, or has no git");
    await withHome(async (home) => {
      const { stdout, code } = await run(home, ["preview", "dev", "--against", "HEAD"]);
      expect(stdout).toMatch(/^dev: 0 removed, 0 replaced, 0 changed, 0 added, \d+ unchanged$/m);
      expect(code).toBe(0);
    });
  });

  test("as JSON is nothing but JSON", { timeout: 100_000 }, async () => {
    await withHome(async (home) => {
      const { stdout, code } = await run(home, ["preview", "dev", "bootstrap", "--json"]);
      const { stacks } = JSON.parse(stdout);
      expect(stacks).toMatchObject([
        { stack: "dev", target: "docker", outcome: "succeeded", violations: [] },
        { stack: "bootstrap", outcome: "succeeded", violations: [] },
      ]);
      expect(code).toBe(0);
      expect(await untouched(home)).toBe(true);
    });
  });

  test("as a tree has the architecture in it", { timeout: 100_000 }, async () => {
    await withHome(async (home) => {
      const { stdout } = await run(home, ["preview", "dev", "--diff", "--offline"]);
      expect(stdout).toMatch(/^\+ trading-platform-dev/m);
      expect(stdout).toMatch(/^ {2}\+ trading-platform {2}trading-platform:platform:TradingPlatform$/m);
      expect(stdout).toMatch(/^stack +target +resources +violations +warnings +seconds/m);
    });
  });
});
