import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { placeOfEachTest, put, SHA } from "./place.ts";
import { runJob, type Used } from "./steps.ts";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const place = placeOfEachTest();

describe("the job that deploys, with docker, aws and ./platform played", () => {
  /** What was called, in order. */
  const called = (): readonly string[] => {
    const log = join(place.folder, "log");
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
    rmSync(join(place.folder, "log"), { force: true });
    const checkout = join(place.folder, "checkout");
    place.program("aws", log, "echo password");
    place.program(
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
      temporary: place.folder,
      environment: { ...place.environment(), LOG: join(place.folder, "log") },
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
  const copied = (service: string, digit: string): readonly string[] => {
    const tags = [registry, source].map((place) => `${place}/${service}:release-staging-${SHA}`);
    return [
      `docker buildx imagetools inspect --format {{.Manifest.Digest}} ${tags[0]}`,
      ...tags.map((tag) => `docker buildx imagetools create --tag ${tag} ${source}/${service}@${digest(digit)}`),
    ];
  };
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
      ...copied("backend", "1"),
      ...copied("frontend", "2"),
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
    const checkout = join(place.folder, "back");
    put(join(checkout, "platform"), `#!/bin/bash\nprintf '%s|' "$PULUMI_CONFIG_PASSPHRASE" "$@"\n`);
    chmodSync(join(checkout, "platform"), 0o755);
    place.program("aws", "true");
    place.program("docker", "true");
    const { steps } = await runJob("rollback", {
      workflow: "rollback.yml",
      checkout,
      temporary: place.folder,
      environment: { ...place.environment(), GITHUB_REF_NAME: branch },
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
