import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { placeOfEachTest, put, SHA } from "./place.ts";
import { runJob } from "./steps.ts";

const place = placeOfEachTest();

describe("the job that writes down what runs", () => {
  const git = (where: string, ...words: readonly string[]): string =>
    execFileSync("git", ["-C", where, "-c", "user.name=A", "-c", "user.email=a@example.com", ...words], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, HOME: place.home },
    }).trim();
  let origin: string;
  let count = 0;
  const clone = (): string => {
    const to = join(place.folder, `clone-${count++}`);
    git(place.folder, "clone", "--quiet", origin, to);
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
    origin = join(place.folder, "origin.git");
    git(place.folder, "init", "--quiet", "--bare", "--initial-branch=develop", origin);
    push("stacks/releases/README.md", "what runs\n");
  });
  const subjects = () => git(origin, "log", "--format=%an: %s", "develop").split("\n");

  /** @param record what the deploy handed on; undefined: nothing. */
  async function record(text: string | undefined, meanwhile: () => void = () => {}) {
    const checkout = clone();
    const artifacts = join(place.folder, "artifacts");
    rmSync(artifacts, { recursive: true, force: true });
    if (text !== undefined) put(join(artifacts, "record-staging", "staging.yaml"), text);
    const job = await runJob("record", {
      workflow: "record.yml",
      checkout,
      temporary: place.folder,
      environment: place.environment(),
      context: { github: { ref: "refs/heads/develop" }, inputs: { stack: "staging" } },
      use: ({ action, given }) => {
        if (action !== "actions/download-artifact") return {};
        meanwhile();
        // By a pattern none is no error, and all are laid into the place.folder.
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
    place.program(
      "gh",
      `if [ "$1" = api ]; then echo "$*" > "${place.folder}/asked"; printf '%s\\n' ${pulls.map((line) => `'${line}'`).join(" ")}; exit; fi`,
      `echo "$*" > "${place.folder}/said"; cat comment.md > "${place.folder}/comment"`,
    );
    const checkout = join(place.folder, "work");
    mkdirSync(checkout, { recursive: true });
    const job = await runJob("comment", {
      workflow: "comment.yml",
      checkout,
      temporary: place.folder,
      environment: place.environment(),
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
        expect(given).toEqual({
          pattern: "preview",
          "merge-multiple": "true",
          "run-id": "7",
          "github-token": "token",
        });
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
  const said = (what: string) => readFileSync(join(place.folder, what), "utf8");

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
    expect(existsSync(join(place.folder, "said"))).toBe(false);
  });
});
