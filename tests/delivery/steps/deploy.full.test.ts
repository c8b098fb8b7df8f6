import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runJob, type Used } from "./steps.ts";

const SHA = "c".repeat(40);
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

let folder: string;
let home: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trading-platform-deploy-"));
  home = join(folder, "home");
  mkdirSync(home);
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
function program(name: string, ...lines: readonly string[]): void {
  put(join(folder, "bin", name), ["#!/bin/bash", ...lines, ""].join("\n"));
  chmodSync(join(folder, "bin", name), 0o755);
}
const environment = () => ({
  PATH: `${join(folder, "bin")}:${process.env.PATH}`,
  HOME: home,
  GITHUB_SHA: SHA,
  GITHUB_REPOSITORY: "Acme/Trading",
  GITHUB_REF_NAME: "develop",
  GITHUB_WORKFLOW: "CI/CD",
});

describe("the job that deploys, with docker, aws and ./platform played", () => {
  /** What was called, in order. */
  const called = (): readonly string[] => {
    const log = join(folder, "log");
    return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  };
  const log = `echo "$(basename "$0") $*" >> "$LOG"`;

  const variables = {
    IMAGE_REGISTRY: "1.dkr.ecr.example.com/trading",
    AWS_DEPLOY_ROLE: "arn:aws:iam::111122223333:role/trading-staging",
    AWS_REGION: "eu-central-1",
    PULUMI_BACKEND_URL: "s3://states",
  };

  async function deploy(
    live: string | undefined,
    up = "true",
    vars: Partial<typeof variables> = variables,
    passphrase = "words",
  ) {
    rmSync(join(folder, "log"), { force: true });
    const checkout = join(folder, "checkout");
    program("aws", log, "echo password");
    program(
      "docker",
      log,
      `if [[ "$*" = *"imagetools inspect"* ]]; then ${live === undefined ? "echo not found >&2; exit 1" : `echo ${live}`}; fi`,
    );
    // The branch's record is of a commit after the one that is deployed.
    const use = ({ action, given }: Used) => {
      if (action === "actions/checkout") {
        rmSync(checkout, { recursive: true, force: true });
        put(join(checkout, "stacks/releases/README.md"), "");
        if (given.ref !== undefined) put(join(checkout, "stacks/releases/staging.yaml"), "the branch's\n");
        put(
          join(checkout, "platform"),
          `#!/bin/bash\n${log}\nif [ "$1" = up ]; then ${up}; cat stacks/releases/staging.yaml > before; echo new > stacks/releases/staging.yaml; fi\n`,
        );
        chmodSync(join(checkout, "platform"), 0o755);
      }
      if (action === "actions/download-artifact")
        for (const [service, digit] of [
          ["backend", "1"],
          ["frontend", "2"],
        ] as const)
          put(join(given.path ?? "", `${service}.digest`), `${digest(digit)}\n`);
      return {};
    };
    mkdirSync(checkout, { recursive: true });
    const job = await runJob("deploy", {
      workflow: "deploy.yml",
      checkout,
      temporary: folder,
      environment: { ...environment(), LOG: join(folder, "log") },
      context: {
        github: { ref: "refs/heads/develop", actor: "anna" },
        inputs: { stack: "staging" },
        vars,
        secrets: { GITHUB_TOKEN: "token", passphrase },
      },
      use,
    });
    return { checkout, job };
  }
  const registry = "1.dkr.ecr.example.com/trading";
  const source = "ghcr.io/acme/trading";
  const copied = (service: string, digit: string): string =>
    `docker buildx imagetools create --tag ${registry}/${service}:release-staging-${SHA} ` +
    `--tag ${source}/${service}:release-staging-${SHA} ${source}/${service}@${digest(digit)}`;
  const moved = (service: string, tag: string, to: string): string =>
    `docker buildx imagetools create --tag ${source}/${service}:${tag} ${source}/${service}@${to}`;
  const asked = (service: string): string =>
    `docker buildx imagetools inspect --format {{.Manifest.Digest}} ${source}/${service}:live-staging`;

  test("what a team has not set is named, all of it, before anything is logged in to", async () => {
    const { AWS_REGION } = variables;
    const { job } = await deploy(undefined, "true", { AWS_REGION }, "");
    const [first] = job.steps;
    expect(first?.code).toBe(1);
    expect(first?.output).toBe(
      "::error::not set: variable IMAGE_REGISTRY of the environment staging, variable AWS_DEPLOY_ROLE of the environment staging, " +
        "variable PULUMI_BACKEND_URL of the environment staging, secret STAGING_PULUMI_PASSPHRASE of the repository; " +
        "docs/delivery.md, What a team sets\n",
    );
    expect(called()).toEqual([]);
    // It is run at every end; there is no record yet.
    expect(job.used.map(({ action }) => action)).toEqual(["actions/upload-artifact"]);
  });

  test("the first: images by digest into the stack's registry, the others, the update with the branch's record, the marks", async () => {
    const { checkout, job } = await deploy(undefined);
    for (const { code, output } of job.steps) expect(code, output).toBe(0);
    expect(
      called()
        .filter((line) => !line.startsWith("aws "))
        .slice(1),
    ).toEqual([
      copied("backend", "1"),
      copied("frontend", "2"),
      "platform images mirror staging",
      `platform up staging --release release-staging-${SHA} --yes`,
      ...[
        ["backend", "1"],
        ["frontend", "2"],
      ].flatMap(([service = "", digit = ""]) => [asked(service), moved(service, "live-staging", digest(digit))]),
    ]);
    expect(called()).toContain("docker login --username AWS --password-stdin 1.dkr.ecr.example.com");
    expect(readFileSync(join(checkout, "before"), "utf8")).toBe("the branch's\n");
    expect(job.used.at(-1)).toMatchObject({
      action: "actions/upload-artifact",
      given: { name: "record-staging", path: "stacks/releases/staging.yaml\nstacks/releases/staging.images.yaml\n" },
    });
  });

  test("a later one: what ran before keeps a mark of its own, what runs still has one alone", async () => {
    await deploy(digest("1"));
    expect(called().slice(-5)).toEqual([
      asked("backend"),
      moved("backend", "live-staging", digest("1")),
      asked("frontend"),
      moved("frontend", "live-staging-previous", digest("1")),
      moved("frontend", "live-staging", digest("2")),
    ]);
  });

  test("an update that fails: no mark is moved, and the record is handed on as it is", async () => {
    const { checkout, job } = await deploy(digest("9"), "exit 1");
    expect(job.steps.slice(-2).map(({ code }) => code)).toEqual([1, undefined]);
    expect(called().at(-1)).toMatch(/^platform up/);
    expect(job.used.at(-1)?.action).toBe("actions/upload-artifact");
    expect(readFileSync(join(checkout, "stacks/releases/staging.yaml"), "utf8")).toBe("the branch's\n");
  });
});

describe("the job that goes back, with ./platform played", () => {
  const rollback = async (stack: "prod" | "staging", branch: string, to = "") => {
    const checkout = join(folder, "back");
    put(join(checkout, "platform"), `#!/bin/bash\nprintf '%s|' "$PULUMI_CONFIG_PASSPHRASE" "$@"\n`);
    chmodSync(join(checkout, "platform"), 0o755);
    program("aws", "true");
    program("docker", "true");
    const { steps } = await runJob("rollback", {
      workflow: "rollback.yml",
      checkout,
      temporary: folder,
      environment: { ...environment(), GITHUB_REF_NAME: branch },
      context: {
        inputs: { stack, to },
        vars: { IMAGE_REGISTRY: "1.dkr.ecr.example.com/trading" },
        secrets: { PROD_PULUMI_PASSPHRASE: "of prod", STAGING_PULUMI_PASSPHRASE: "of staging" },
      },
    });
    return steps;
  };

  test.each([
    ["prod", "main", "", "of prod|rollback|prod|--yes|"],
    ["prod", "main", "v1.4.0", "of prod|rollback|prod|--to|v1.4.0|--yes|"],
    ["staging", "develop", "$(id); x", "of staging|rollback|staging|--to|$(id); x|--yes|"],
  ] as const)('%s from %s, to "%s"', async (stack, branch, to, words) => {
    const steps = await rollback(stack, branch, to);
    for (const { code, output } of steps) expect(code, output).toBe(0);
    expect(steps.at(-1)?.output).toBe(words);
  });

  test("from another branch than the stack's: said, and nothing is done", async () => {
    const [first, ...others] = await rollback("prod", "develop");
    expect(first?.output).toMatch(/^::error::prod goes back from the branch main, this is develop/);
    expect(others.map(({ code }) => code)).toEqual(others.map(() => undefined));
  });
});

describe("the job that writes down what runs", () => {
  const git = (where: string, ...words: readonly string[]): string =>
    execFileSync("git", ["-C", where, "-c", "user.name=A", "-c", "user.email=a@example.com", ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, HOME: home },
    }).trim();
  let origin: string;
  let count = 0;
  const clone = (): string => {
    const to = join(folder, `clone-${count++}`);
    git(folder, "clone", "--quiet", origin, to);
    return to;
  };
  const push = (file: string, text: string): void => {
    const at = clone();
    put(join(at, file), text);
    git(at, "add", "--all");
    git(at, "commit", "--quiet", "--message", `changes ${file}`);
    git(at, "push", "--quiet", "origin", "HEAD:develop");
  };
  beforeEach(() => {
    origin = join(folder, "origin.git");
    git(folder, "init", "--quiet", "--bare", "--initial-branch=develop", origin);
    push("stacks/releases/README.md", "what runs\n");
  });
  const subjects = () => git(origin, "log", "--format=%an: %s", "develop").split("\n");

  /** @param record what the deploy handed on; undefined: nothing. */
  async function record(text: string | undefined, meanwhile: () => void = () => {}) {
    const checkout = clone();
    const artifacts = join(folder, "artifacts");
    rmSync(artifacts, { recursive: true, force: true });
    if (text !== undefined) put(join(artifacts, "record-staging", "staging.yaml"), text);
    const job = await runJob("record", {
      workflow: "record.yml",
      checkout,
      temporary: folder,
      environment: environment(),
      context: { github: { ref: "refs/heads/develop" }, inputs: { stack: "staging" } },
      use: ({ action, given }) => {
        if (action !== "actions/download-artifact") return {};
        meanwhile();
        // By a pattern none is no error, and all are laid into the folder.
        expect(given["merge-multiple"]).toBe("true");
        const from = join(artifacts, given.pattern ?? "");
        if (existsSync(from)) cpSync(from, join(checkout, given.path ?? ""), { recursive: true });
        return {};
      },
    });
    return job.steps.map(({ code, output }) => (code === 0 ? 0 : output));
  }

  test("commits it to the branch, by GitHub's own user", async () => {
    expect(await record("one\n")).toEqual([0]);
    expect(git(origin, "show", "develop:stacks/releases/staging.yaml")).toBe("one");
    expect(subjects()[0]).toBe(`github-actions[bot]: What staging runs, by CI/CD at ${SHA.slice(0, 12)}`);
  });

  test("where nothing is new, as when a job is run again, nothing is committed", async () => {
    await record("one\n");
    const before = subjects();
    expect(await record("one\n")).toEqual([0]);
    expect(await record(undefined)).toEqual([0]);
    expect(subjects()).toEqual(before);
  });

  test("what somebody pushes meanwhile stays, with the record after it", async () => {
    expect(await record("one\n", () => push("main.ts", "theirs\n"))).toEqual([0]);
    expect(subjects().slice(0, 2)).toEqual([expect.stringContaining("What staging runs"), "A: changes main.ts"]);
    expect(git(origin, "show", "develop:main.ts")).toBe("theirs");
  });
});

describe("the job that comments a pull request, with gh played", () => {
  /** @param pulls what gh prints of the branch's open pull requests. */
  async function comment(...pulls: readonly string[]) {
    program(
      "gh",
      `if [ "$1" = api ]; then echo "$*" > "${folder}/asked"; printf '%s\\n' ${pulls.map((line) => `'${line}'`).join(" ")}; exit; fi`,
      `echo "$*" > "${folder}/said"; cat comment.md > "${folder}/comment"`,
    );
    const checkout = join(folder, "work");
    mkdirSync(checkout, { recursive: true });
    const job = await runJob("comment", {
      workflow: "comment.yml",
      checkout,
      temporary: folder,
      environment: environment(),
      context: {
        github: {
          repository: "acme/trading",
          event: {
            workflow_run: {
              id: 7,
              head_sha: SHA,
              head_branch: "new&more",
              head_repository: { owner: { login: "eve" } },
            },
          },
        },
        secrets: { GITHUB_TOKEN: "token" },
      },
      use: ({ given }) => {
        expect(given).toEqual({ name: "preview", "run-id": "7", "github-token": "token" });
        // Somebody else's text, as long as they like.
        put(
          join(checkout, "preview.txt"),
          `dev: 1 changed\n</details> \`\`\` @everyone $(id)\n${"x".repeat(100_000)}\n`,
        );
        return {};
      },
    });
    expect(job.steps.map(({ code }) => code)).toEqual([0]);
  }
  const said = (what: string) => readFileSync(join(folder, what), "utf8");

  test("the preview is shown as it is, whatever it holds, and no longer than GitHub takes", async () => {
    await comment(`${"d".repeat(40)} 11`, `${SHA} 12`);
    // Of a fork's commit GitHub names no pull request; of its branch it does.
    expect(said("asked")).toContain("repos/acme/trading/pulls --raw-field state=open --raw-field head=eve:new&more ");
    expect(said("said")).toBe("pr comment 12 --edit-last --create-if-none --body-file comment.md\n");
    const [, , ...lines] = said("comment").trimEnd().split("\n");
    expect(lines[0]).toBe("    dev: 1 changed");
    expect(lines[1]).toBe("    </details> ``` @everyone $(id)");
    for (const line of lines) expect(line).toMatch(/^ {4}/);
    expect(said("comment").length).toBeLessThan(65_536);
  });

  test("a commit that is no pull request's newest any more: no comment, no failure", async () => {
    await comment();
    await comment(`${"d".repeat(40)} 11`);
    expect(existsSync(join(folder, "said"))).toBe(false);
  });
});
