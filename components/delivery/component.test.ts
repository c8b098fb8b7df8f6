import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { boundaryArn } from "../../bootstrap/permissions.ts";
import { program } from "../../bootstrap/program.ts";
import { readBootstrap } from "../../bootstrap/read.ts";
import { bootstrapSettings } from "../../bootstrap/settings.ts";
import { root } from "../../cli/root.ts";
import { readStackFile, stacksIn } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { ImageRegistry } from "./component.ts";
import { thirdPartyImages } from "./third-party.ts";

let asked: pulumi.runtime.MockResourceArgs[];
beforeEach(async () => {
  asked = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        asked.push(args);
        return { id: `${args.name}-id`, state: args.inputs };
      },
      call: ({ inputs }) => inputs,
    },
    "trading-platform-bootstrap",
    "bootstrap",
  );
});

test("an owned registry makes a repository a service, and says where it is", async () => {
  pulumi.runtime.setAllConfig({
    "trading-platform-bootstrap:settings": JSON.stringify({
      accountId: "111122223333",
      region: "eu-central-1",
      repository: "acme/trading",
      pullAccounts: ["444455556666"],
    }),
  });
  const outputs = await program();
  await pulumi.runtime.disconnect();
  expect(outputs).toMatchObject({ repositories: ["111122223333.dkr.ecr.eu-central-1.amazonaws.com/trading"] });
  const repositories = asked.filter(({ type }) => type === "aws:ecr/repository:Repository");
  expect(repositories.map(({ inputs }) => inputs.name)).toEqual([
    "trading/backend",
    "trading/frontend",
    "trading/backup",
    "trading/probe",
    ...bootstrapSettings({
      accountId: "111122223333",
      region: "eu-central-1",
      repository: "acme/trading",
    }).mirrored.map((name) => `trading/mirror/${name}`),
  ]);
  expect(repositories[0]?.inputs).toMatchObject({
    imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
    imageTagMutabilityExclusionFilters: [{ filter: "live-*", filterType: "WILDCARD" }],
    imageScanningConfiguration: { scanOnPush: true },
  });
  expect(asked.filter(({ type }) => type === "aws:ecr/lifecyclePolicy:LifecyclePolicy")).toHaveLength(
    repositories.length,
  );
  const policies = asked.filter(({ type }) => type === "aws:ecr/repositoryPolicy:RepositoryPolicy");
  expect(policies[0]?.inputs.policy).toContain("arn:aws:iam::444455556666:root");
});

test("a registry that is somebody else's makes nothing and says what it was told", async () => {
  const repositories = ["ghcr.io/example/trading"];
  const registry = new ImageRegistry("images", { repositories, keep: 10, rollbackDepth: 9 });
  await pulumi.runtime.disconnect();
  expect(asked.filter(({ custom }) => custom)).toEqual([]);
  expect(registry.repositories).toEqual(repositories);
});

test("fewer images than a rollback needs are refused", () => {
  const few = { repositories: ["ghcr.io/example/trading"], keep: 3, rollbackDepth: 3 };
  expect(() => new ImageRegistry("images", few)).toThrow(/images\.keep 3/);
});

test("every stack whose images come from bootstrap's registry keeps its releases there", () => {
  const read = (file: string): unknown => parse(readFileSync(join(root, file), "utf8"));
  const { accountId, region, namespace, stacks } = readBootstrap(root);
  const registry = `${accountId}.dkr.ecr.${region}.amazonaws.com/${namespace}`;
  const pulls = readdirSync(root).flatMap((file) => {
    const [, stack] = /^Pulumi\.([^.]+)\.yaml$/.exec(file) ?? [];
    return stack !== undefined && JSON.stringify(read(file)).includes(`"${registry}"`) ? [stack] : [];
  });
  expect(pulls.length).toBeGreaterThan(0);
  expect(stacks.toSorted()).toEqual(pulls.toSorted());
});

test("bootstrap makes a repository for every image that a stack with such a mirror runs, Vault's agents among them", () => {
  const { accountId, region, namespace, mirrored } = readBootstrap(root);
  const mirror = `${accountId}.dkr.ecr.${region}.amazonaws.com/${namespace}/mirror`;
  const all = stacksIn(root).map((stack) => readSettings(readStackFile(root, stack)));
  const mirroring = all.filter(({ images }) => images.mirror === mirror);
  expect(mirroring.length).toBeGreaterThan(0);
  const pathOf = (repository: string): string => repository.slice(repository.indexOf("/") + 1);
  const run = mirroring.flatMap((settings) => thirdPartyImages(settings).map(({ repository }) => pathOf(repository)));
  expect(mirrored).toEqual(expect.arrayContaining([...run, "hashicorp/vault"]));
});

test("every such stack's roles have bootstrap's boundary, without which its deploy role makes none", () => {
  const settings = readBootstrap(root);
  for (const stack of Object.keys(settings.branches)) {
    const file = z
      .object({ config: z.object({ "trading-platform:ecs": z.object({ rolesBoundary: z.string() }) }) })
      .parse(parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")));
    expect(file.config["trading-platform:ecs"].rolesBoundary).toBe(boundaryArn(settings));
  }
});

test("ECR, ghcr.io and what the stacks state keep as many", () => {
  const { keep, rollbackDepth } = readBootstrap(root);
  const stated = stacksIn(root).map((stack) => readSettings(readStackFile(root, stack)).images);
  expect(stated.length).toBeGreaterThan(0);
  for (const images of stated) expect(images).toMatchObject({ keep, rollbackDepth });
});

test("bootstrap's settings: every bad key at once", () => {
  expect(() => bootstrapSettings({ accountId: 1, region: "Frankfurt", keep: 2, rollbackDepth: 1 })).toThrow(
    /settings\.accountId[\s\S]*settings\.region/,
  );
  expect(() =>
    bootstrapSettings({
      accountId: "111122223333",
      region: "eu-central-1",
      repository: "acme/trading",
      keep: 5,
      rollbackDepth: 5,
    }),
  ).toThrow(/settings\.keep: must be more than rollbackDepth/);
  expect(() =>
    bootstrapSettings({
      accountId: "111122223333",
      region: "eu-central-1",
      repository: "acme/trading",
      stacks: ["prod", "prod-eu"],
    }),
  ).toThrow(/settings\.stacks: prod-eu would be counted among the releases of prod/);
});
