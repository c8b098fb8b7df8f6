import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { readBootstrap } from "../../../bootstrap/read.ts";
import { digestOf } from "../../../cli/registry/distribution.ts";
import { newcomer } from "../../engine/support.ts";
import { GitHubStandIn } from "../registry/github.ts";
import { type Checkout, makeCheckout } from "./checkout.ts";
import { type JobRun, type Runner, runJob } from "./steps.ts";

let temporary: string;
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), "trading-platform-steps-"));
});
afterAll(() => rmSync(temporary, { recursive: true }));

const runner = (checkout: string, more: Partial<Runner> = {}): Runner => ({
  checkout,
  temporary,
  environment: newcomer(mkdtempSync(join(temporary, "home-"))),
  ...more,
});
const codes = ({ steps }: JobRun) => steps.map(({ code }) => code);

/** A checkout in which there is little to do, so that the commands are what is tested. */
function small(name: string, change: (checkout: Checkout) => void): Checkout | undefined {
  const checkout = makeCheckout(join(temporary, name));
  if (checkout === undefined) return undefined;
  change(checkout);
  checkout.commit();
  return checkout;
}

/** The tests of this repository, of which each job runs its part, would take longer than all others: one a folder stands for them. */
describe("the jobs that test, with one test a folder and a tier in place of ours", { timeout: 300_000 }, () => {
  const places = [
    ["policies", "stands.test.ts"],
    ["services/backend", "stands.full.test.ts"],
    ["services/frontend", "stands.test.ts"],
    ["services/frontend", "stands.full.test.ts"],
  ] as const;
  const one = (ends: string) => `import { expect, test } from "vitest";\ntest("stands for ours", () => ${ends});\n`;
  let checkout: Checkout | undefined;
  beforeAll(() => {
    checkout = small("tests", ({ folder, git }) => {
      git("rm", "--quiet", "-r", "*.test.ts", "tests/e2e", "bench");
      for (const place of places) writeFileSync(join(folder, ...place), one("expect(1).toBe(1)"));
    });
  });

  test("each runs what its name says, all of it, and nothing else", async ({ skip }) => {
    if (checkout === undefined) return skip("there is no git, or the checkout is no repository");
    const ran = new Map<string, readonly string[]>();
    for (const name of ["test-platform", "test-backend", "test-frontend"]) {
      const job = await runJob(name, runner(checkout.folder));
      for (const { code, output } of job.steps) expect(code, output).toBe(0);
      const files = job.steps.map(({ output }) =>
        [...output.matchAll(/ (\S+)\/stands(?:\.full)?\.test\.ts/g)]
          .map(([, place = ""]) => place)
          .sort()
          .join(),
      );
      ran.set(name, files);
    }
    expect(Object.fromEntries(ran)).toEqual({
      "test-platform": ["policies,services/frontend"],
      "test-backend": ["services/backend"],
      "test-frontend": ["services/frontend", "services/frontend"],
    });
  });

  test("a test that fails ends its job, and the step after it is not run", async ({ skip }) => {
    if (checkout === undefined) return skip("there is no git, or the checkout is no repository");
    const file = join(checkout.folder, "services/frontend/stands.test.ts");
    writeFileSync(file, one("expect(1).toBe(2)"));
    expect(codes(await runJob("test-frontend", runner(checkout.folder)))).toEqual([1, undefined]);
    checkout.git("checkout", "--quiet", "--", ".");
  });
});

describe("the job that previews, of dev alone", { timeout: 300_000 }, () => {
  const file = "Pulumi.dev.yaml";
  let checkout: Checkout | undefined;
  beforeAll(() => {
    checkout = small("preview", ({ folder, git, commit }) => {
      git("rm", "--quiet", "Pulumi.staging.yaml", "Pulumi.prod.yaml", "bootstrap/Pulumi.bootstrap.yaml");
      git("update-ref", "refs/remotes/origin/base", commit());
      const text = readFileSync(join(folder, file), "utf8");
      expect(text).toContain("{ faults: true }");
      writeFileSync(join(folder, file), text.replace("{ faults: true }", "{ faults: false }"));
    });
  });
  const preview = ({ folder }: Checkout, base: string, event: "pull_request" | "push" = "pull_request") => {
    const { environment, ...rest } = runner(folder, {
      context: { github: { event_name: event, base_ref: base, event: { before: base } } },
    });
    return runJob("preview", { ...rest, environment: { ...environment, GITHUB_EVENT_NAME: event } });
  };

  test("what changes is said, judged, and shown in the run's summary, without any credentials", async ({ skip }) => {
    if (checkout === undefined) return skip("there is no git, or the checkout is no repository");
    const { steps, summary } = await preview(checkout, "base");
    for (const { code, output } of steps) expect(code, output).toBe(0);
    expect(summary).toMatch(/^```\n[\s\S]*^dev: .*replaced[\s\S]*\n```\n$/m);
    expect(summary).toContain(readFileSync(join(checkout.folder, "preview.txt"), "utf8").trim());
    const sarif: unknown = JSON.parse(readFileSync(join(checkout.folder, "policies.sarif"), "utf8"));
    expect(sarif).toMatchObject({ version: "2.1.0" });
  });

  test("a branch's first push, and one that was forced, have nothing to be compared with: all of it is previewed", async ({
    skip,
  }) => {
    if (checkout === undefined) return skip("there is no git, or the checkout is no repository");
    const { steps, summary } = await preview(checkout, "0".repeat(40), "push");
    for (const { code, output } of steps) expect(code, output).toBe(0);
    expect(summary).toMatch(/^dev .* ok$/m);
    expect(summary).not.toContain("replaced");
  });

  test("one that fails ends the job, though its text goes through another program; the summary is written all the same", async ({
    skip,
  }) => {
    if (checkout === undefined) return skip("there is no git, or the checkout is no repository");
    const { steps, summary } = await preview(checkout, "nothing");
    expect(steps.map(({ code }) => code)).toEqual([2, 0]);
    expect(steps[0]?.output).toContain("origin/nothing");
    expect(summary).toMatch(/^```\n[\s\S]*```\n$/);
  });
});

describe("the job that cleans up, with a stand-in of GitHub and of ghcr.io", () => {
  test("what no rule keeps goes, from the repository that the pipeline runs in", { timeout: 120_000 }, async ({
    skip,
  }) => {
    const checkout = makeCheckout(join(temporary, "cleanup"));
    if (checkout === undefined) return skip("there is no git, or the checkout is no repository");
    const github = await new GitHubStandIn().start();
    onTestFinished(async () => void (await github.stop()));
    const { services, keep } = readBootstrap(checkout.folder);
    const push = (name: string, number: number, tags: readonly string[]): void => {
      const bytes = JSON.stringify({
        schemaVersion: 2,
        config: { digest: `sha256:${name}${number}`, size: 2 },
        layers: [],
      });
      const digest = digestOf(Buffer.from(bytes));
      github.manifests.set(`acme/trading/${name}@${digest}`, bytes);
      github.push(`trading/${name}`, digest, tags, Date.now() - (40 - number) * 86_400_000);
    };
    const [first = "", ...others] = services;
    for (const name of others) push(name, 0, ["sha-0"]);
    for (let number = 0; number < keep + 2; number++)
      push(first, number, [`sha-${number}`, ...(number === 0 ? ["live-prod"] : [])]);

    const { environment, ...rest } = runner(checkout.folder, { context: { github: { token: github.token } } });
    const job = await runJob("cleanup", {
      ...rest,
      environment: {
        ...environment,
        GITHUB_REPOSITORY: "Acme/Trading",
        GITHUB_API_URL: github.url,
        GHCR_STAND_IN: github.url,
        NODE_OPTIONS: `--import=${join(import.meta.dirname, "ghcr.ts")}`,
      },
    });
    for (const { code, output } of job.steps) expect(code, output).toBe(0);
    expect(job.steps).toHaveLength(1);
    expect(job.steps[0]?.output).toContain(` images of ${services.length} services deleted`);
    // What runs is the oldest, and stays.
    const left = (github.packages.get(`trading/${first}`) ?? []).flatMap(({ tags }) => tags);
    expect(left).toContain("live-prod");
    expect(left).not.toContain("sha-1");
    expect(left).toHaveLength(keep + 2);
  });
});
