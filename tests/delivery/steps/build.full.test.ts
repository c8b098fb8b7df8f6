import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeReleases } from "../../../cli/release/record.ts";
import { newcomer } from "../../engine/support.ts";
import { ground } from "../../support/products/product.ts";
import { pushIndex, type RealRegistry, startRegistry } from "../registry/registry.ts";
import { type Checkout, makeCheckout } from "./checkout.ts";
import { type JobRun, runJob, type Used } from "./steps.ts";

/** ghcr.io is a real registry on the loopback; cosign and the building are played. */
const place = ground("trading-platform-build");
const dockerfile = "tools/probe/Dockerfile";
let registry: RealRegistry;
let checkout: Checkout | undefined;
beforeAll(async () => {
  registry = await startRegistry(place, "registry");
  checkout = makeCheckout(join(place.folder, "checkout"));
  if (checkout === undefined) return;
  // No maker's registry is asked.
  put(dockerfile, "FROM scratch\nCOPY tools/probe/main.go /\n");
  checkout.commit();
}, 900_000);
afterAll(() => place.clear());

function put(file: string, text: string): void {
  const path = join(checkout?.folder ?? place.folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function environment(sha: string): Readonly<Record<string, string | undefined>> {
  const home = mkdtempSync(join(place.folder, "home-"));
  return {
    ...newcomer(home),
    PATH: `${join(place.folder, "bin")}:${process.env.PATH}`,
    GHCR_STAND_IN: `http://${registry.host}`,
    NODE_OPTIONS: `--import=${join(import.meta.dirname, "ghcr.ts")}`,
    GITHUB_REPOSITORY: "Acme/Trading",
    GITHUB_REF_NAME: "main",
    GITHUB_SHA: sha,
    GITHUB_WORKFLOW_REF: "Acme/Trading/.github/workflows/ci-cd.yml@refs/heads/main",
  };
}
/** GitHub's jobs begin with nothing of each other. */
const context = (sha: string, more: object = {}) => ({
  github: { sha, actor: "anna", repository: "Acme/Trading" },
  secrets: { GITHUB_TOKEN: "token" },
  ...more,
});

describe("the job that builds", { timeout: 180_000 }, () => {
  /** @param verdict what cosign says of an image that is there. */
  async function build(
    here: Checkout,
    sha: string,
    verdict: "exit 0" | "echo not by main >&2; exit 1",
  ): Promise<JobRun> {
    const cosign = join(place.folder, "bin", "cosign");
    mkdirSync(dirname(cosign), { recursive: true });
    writeFileSync(
      cosign,
      `#!/bin/bash\necho "$*" >> "${place.folder}/cosign"\n[ "$1" = verify ] && { ${verdict}; }\nexit 0\n`,
    );
    chmodSync(cosign, 0o755);
    writeFileSync(join(place.folder, "cosign"), "");
    const use = async ({ action, given }: Used) => {
      if (action !== "docker/build-push-action") return {};
      const [, key = "", value = ""] = /^index:([^=]+)=(.*)$/.exec(given.annotations ?? "") ?? [];
      const tags = (given.tags ?? "").trim().split("\n");
      let digest = "";
      for (const tag of tags) {
        const [, image = "", name = ""] = /^ghcr\.io\/(.+):([^:]+)$/.exec(tag) ?? [];
        ({ digest } = await pushIndex(registry, image, `built of ${value}`, name, { [key]: value }));
      }
      return { digest };
    };
    return runJob("build", {
      checkout: here.folder,
      temporary: place.folder,
      environment: environment(sha),
      context: context(sha, { matrix: { service: "probe", dockerfile } }),
      use,
    });
  }
  const asked = (): readonly string[] => readFileSync(join(place.folder, "cosign"), "utf8").trim().split("\n");
  const image = "acme/trading/probe";
  const noted = (here: Checkout) => readFileSync(join(here.folder, "probe.digest"), "utf8").trim();
  const built = ({ used }: JobRun) => used.some(({ action }) => action === "docker/build-push-action");
  const fine = (job: JobRun) => {
    for (const { code, output } of job.steps) expect([0, undefined], output).toContain(code);
    return job;
  };

  test("builds and signs what is new; the same is used again; what is not signed here, or of something else, is built", async ({
    skip,
  }) => {
    if (checkout === undefined) return skip("there is no git, or the checkout is no repository");
    const [one, two, three, four] = ["1".repeat(40), "2".repeat(40), "3".repeat(40), "4".repeat(40)] as const;

    const first = fine(await build(checkout, one, "exit 0"));
    expect(built(first)).toBe(true);
    const digest = noted(checkout);
    expect(await registry.digestOf(image, one)).toBe(digest);
    expect(await registry.digestOf(image, "built-main")).toBe(digest);
    expect(asked()).toEqual([`sign --yes ghcr.io/${image}@${digest}`]);
    expect(first.used.at(-1)).toEqual({
      action: "actions/upload-artifact",
      given: { name: "digest-probe", path: "probe.digest", "if-no-files-found": "error" },
    });

    const same = fine(await build(checkout, two, "exit 0"));
    expect(built(same)).toBe(false);
    expect(noted(checkout)).toBe(digest);
    expect(await registry.digestOf(image, two)).toBe(digest);
    const identity = "https://github.com/Acme/Trading/.github/workflows/ci-cd.yml@refs/heads/main";
    expect(asked()).toEqual([
      `verify --certificate-identity ${identity} --certificate-oidc-issuer https://token.actions.githubusercontent.com ghcr.io/${image}@${digest}`,
    ]);

    const unsigned = fine(await build(checkout, three, "echo not by main >&2; exit 1"));
    expect(built(unsigned)).toBe(true);
    expect(unsigned.steps.map(({ output }) => output).join()).toContain("not signed as it should be: not by main");

    put("tools/probe/main.go", "package main\n");
    const changed = fine(await build(checkout, four, "exit 0"));
    expect(built(changed)).toBe(true);
    expect(noted(checkout)).not.toBe(digest);
    expect(asked()).toEqual([`sign --yes ghcr.io/${image}@${noted(checkout)}`]);
  });

  test("the scan is of that image, by the digest that was noted", async ({ skip }) => {
    if (checkout === undefined) return skip("there is no git, or the checkout is no repository");
    const here = checkout;
    const job = await runJob("security-scan", {
      checkout: here.folder,
      temporary: place.folder,
      environment: environment("1".repeat(40)),
      context: context("1".repeat(40), { matrix: { service: "probe" } }),
      use: ({ action, given }) => {
        if (action === "actions/download-artifact") put(join(given.path ?? "", "probe.digest"), "sha256:abc\n");
        if (action === "aquasecurity/trivy-action") throw new Error("something that can be mended");
        return {};
      },
    });
    expect(job.steps.map(({ code }) => code)).toEqual([0]);
    const [, , trivy, sarif] = job.used;
    expect(trivy?.given["image-ref"]).toBe("ghcr.io/acme/trading/probe@sha256:abc");
    // What was found is on the review page also where it stops the pipeline.
    expect(sarif).toEqual({
      action: "github/codeql-action/upload-sarif",
      given: { sarif_file: "trivy.sarif", category: "trivy-probe" },
    });
  });
});

describe("the job that names a release", { timeout: 180_000 }, () => {
  test("tags what production runs, with its digests, and publishes the tag; run again it has nothing to do", async ({
    skip,
  }) => {
    const here = makeCheckout(join(place.folder, "released"));
    if (here === undefined) return skip("there is no git, or the checkout is no repository");
    // One that has no tag, whatever has been released of this repository.
    here.git("commit", "--quiet", "--allow-empty", "--message", "fix: what is deployed");
    const origin = join(place.folder, "origin.git");
    execFileSync("git", ["clone", "--quiet", "--bare", here.folder, origin]);
    here.git("remote", "set-url", "origin", origin);
    const deployed = here.git("rev-parse", "HEAD");
    const { digest } = await pushIndex(registry, "acme/trading/backend", "released", `release-prod-${deployed}`);
    const what = { version: `release-prod-${deployed}`, images: { backend: digest }, commit: deployed, migration: 1 };
    await writeReleases(here.folder, "prod", [{ ...what, since: "2026-11-26T08:30:00.000Z", by: "anna" }]);
    here.commit();
    const release = () =>
      runJob("release", {
        checkout: here.folder,
        temporary: place.folder,
        environment: environment(deployed),
        context: context(deployed),
      });
    const tags = () =>
      execFileSync(
        "git",
        ["-C", origin, "for-each-ref", "--format=%(refname:short) %(*objectname) %(contents)", "refs/tags"],
        {
          encoding: "utf8",
        },
      ).trim();

    for (const said of ["publish it", "it was named so before"]) {
      const { steps } = await release();
      for (const { code, output } of steps) expect(code, output).toBe(0);
      expect(steps[0]?.output).toContain(said);
      expect(tags()).toMatch(new RegExp(`^v\\d+\\.\\d+\\.\\d+ ${deployed} Release [\\d.]+\\n\\nbackend ${digest}$`));
    }
  });
});
