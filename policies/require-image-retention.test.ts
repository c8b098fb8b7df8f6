import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { comesFrom } from "./images.ts";
import { DEFAULT_CONTEXT } from "./judge.ts";
import type { ExampleResource } from "./policy.ts";
import { requireImageRetention } from "./require-image-retention.ts";
import { found } from "./testing.ts";
import { type Properties, UNKNOWN, type Value } from "./values.ts";

const IMMUTABLE = { imageTagMutability: "IMMUTABLE" };

describe("ecr", () => {
  const repository = (
    name: string,
    properties: Properties = { name: `app/${name}`, ...IMMUTABLE },
  ): ExampleResource => ({
    type: "aws:ecr/repository:Repository",
    name,
    properties,
  });
  const keep = (rulePriority: number, selection: Properties): Properties => ({
    rulePriority,
    selection: { countType: "imageCountMoreThan", countNumber: 10, ...selection },
    action: { type: "expire" },
  });
  const KEEPING = {
    rules: [keep(1, { tagStatus: "tagged", tagPatternList: ["release-*"] }), keep(2, { tagStatus: "any" })],
  };
  const RULES = JSON.stringify(KEEPING);
  const policy = (properties: Properties, madeFrom: Readonly<Record<string, string>> = {}): ExampleResource => ({
    type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    name: "keep",
    properties,
    madeFrom,
  });

  test("a policy is matched by the repository's name", () => {
    expect(found(requireImageRetention, repository("api"), policy({ repository: "app/api", policy: RULES }))).toEqual(
      [],
    );
    expect(found(requireImageRetention, repository("api"), policy({ repository: "app/web", policy: RULES }))).toEqual([
      expect.stringMatching(/^api: lifecyclePolicy: /),
    ]);
  });

  test("and by what its property was made from, while the name is unknown", () => {
    const unnamed = repository("api", { name: UNKNOWN, ...IMMUTABLE });
    const made = policy({ repository: UNKNOWN, policy: RULES }, { repository: "api" });
    expect(found(requireImageRetention, unnamed, made)).toEqual([]);
    expect(found(requireImageRetention, repository("web"), unnamed, made)).toEqual([
      expect.stringMatching(/^web: lifecyclePolicy: /),
    ]);
  });

  test("a policy of which nothing says whose it is leaves the question open", () => {
    expect(found(requireImageRetention, repository("api"), policy({ repository: UNKNOWN, policy: RULES }))).toEqual([
      "api? the repository that LifecyclePolicy keep belongs to",
    ]);
  });

  test("the same name in another region is another repository", () => {
    const far = policy({ repository: "app/api", region: "us-east-1", policy: RULES });
    const here = repository("api", { name: "app/api", region: "eu-central-1", ...IMMUTABLE });
    expect(found(requireImageRetention, here, far)).toHaveLength(1);
  });

  test.each<[string, Value, number]>([
    ["no JSON", "{rules", 1],
    ["JSON without rules", "{}", 1],
    ["an empty list", '{"rules":[]}', 1],
    ["a list in the wrong place", "[{}]", 1],
    ["a rule", RULES, 0],
    ["an object, which the provider also takes", KEEPING, 0],
    ["an object with a part that is not known yet", { rules: [{ ...KEEPING.rules[0], action: UNKNOWN }] }, 1],
  ])("a policy that is %s", (_, document, count) => {
    const kept = policy({ repository: "app/api", policy: document });
    expect(found(requireImageRetention, repository("api"), kept)).toHaveLength(count);
  });

  test("an unknown document is named", () => {
    const kept = policy({ repository: "app/api", policy: UNKNOWN });
    expect(found(requireImageRetention, repository("api"), kept)).toEqual(["keep? policy"]);
  });

  test("law: of any repositories, exactly those without a policy are found", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{2,8}$/), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.boolean()), (all, coins) => {
        const kept = new Set(all.filter(() => coins.next().value));
        const policies = [...kept].map((name) => policy({ repository: `app/${name}`, policy: RULES }));
        const findings = found(requireImageRetention, ...all.map((name) => repository(name)), ...policies);
        expect(findings.map((line) => line.split(":")[0])).toEqual(all.filter((name) => !kept.has(name)));
      }),
    );
  });

  test("a program of somebody else is not applicable, and that is said", () => {
    for (const rule of requireImageRetention.stackRules) {
      expect(rule.judge([], DEFAULT_CONTEXT)).toEqual({
        kind: "not-applicable",
        reason: expect.stringMatching(/^the stack has no /),
      });
    }
  });
});

test("docker: an image is kept when its resource goes", () => {
  const image = (keepLocally: Value): ExampleResource => ({
    type: "docker:index/remoteImage:RemoteImage",
    name: "redis",
    properties: { name: "redis:7.4.1", keepLocally },
  });
  expect(found(requireImageRetention, image(true))).toEqual([]);
  expect(found(requireImageRetention, image(false))).toHaveLength(1);
  expect(found(requireImageRetention, image(null))).toHaveLength(1);
  expect(found(requireImageRetention, image(UNKNOWN))).toEqual(["redis? keepLocally"]);
});

describe("a stack with a TradingPlatform", () => {
  const platform: ExampleResource = { type: "trading-platform:platform:TradingPlatform", name: "p", properties: {} };
  const registry = (change: Properties = {}): ExampleResource => ({
    type: "trading-platform:delivery:ImageRegistry",
    name: "images",
    properties: { keep: 10, rollbackDepth: 10, repositories: ["ghcr.io/acme/trading"], ...change },
  });
  const deployment = (image: Value): ExampleResource => ({
    type: "kubernetes:apps/v1:Deployment",
    name: "web",
    properties: { spec: { template: { spec: { containers: [{ name: "web", image }] } } } },
  });

  test("has an ImageRegistry", () => {
    expect(found(requireImageRetention, platform)).toEqual([expect.stringMatching(/^p: ImageRegistry: /)]);
    expect(found(requireImageRetention, platform, registry())).toEqual([]);
    expect(found(requireImageRetention, registry({ keep: 0 }))).toEqual([]);
  });

  test.each<[string, Properties, string]>([
    ["keeps less than it goes back", { keep: 9 }, "keep"],
    ["does not say how many", { keep: null }, "keep"],
    ["does not say how far back", { rollbackDepth: null }, "rollbackDepth"],
    ["names no repository", { repositories: [] }, "repositories"],
  ])("that %s is refused", (_, change, property) => {
    expect(found(requireImageRetention, platform, registry(change))).toEqual([
      expect.stringMatching(new RegExp(`^images: ${property}: `)),
    ]);
  });

  test.each(["keep", "rollbackDepth", "repositories"])("unknown %s is named", (property) => {
    expect(found(requireImageRetention, platform, registry({ [property]: UNKNOWN }))).toEqual([`images? ${property}`]);
  });

  test("takes no image from elsewhere", () => {
    expect(found(requireImageRetention, platform, registry(), deployment("ghcr.io/acme/trading/web:1"))).toEqual([]);
    expect(found(requireImageRetention, platform, registry(), deployment("ghcr.io/acme/trading-old/web:1"))).toEqual([
      expect.stringContaining("image ghcr.io/acme/trading-old/web is from none"),
    ]);
    expect(found(requireImageRetention, platform, registry(), deployment(UNKNOWN))).toEqual([
      "web? spec.template.spec.containers[0].image",
    ]);
  });

  test("on docker the image is judged where it is pulled", () => {
    const image: ExampleResource = {
      type: "docker:index/remoteImage:RemoteImage",
      name: "loki",
      properties: { name: "grafana/loki:3.4.2", keepLocally: true },
    };
    const container: ExampleResource = {
      type: "docker:index/container:Container",
      name: "loki",
      properties: { image: UNKNOWN },
      madeFrom: { image: "loki" },
    };
    const hub = registry({ repositories: ["docker.io/grafana"] });
    expect(found(requireImageRetention, platform, hub, image, container)).toEqual([]);
    expect(found(requireImageRetention, platform, registry(), image, container)).toHaveLength(1);
  });
});

test.each<[string, string, boolean]>([
  ["nginx:1.29", "docker.io/library", true],
  ["nginx:1.29", "docker.io/library/nginx", true],
  ["docker.io/grafana/loki@sha256:00", "grafana", true],
  ["grafana/loki:3", "grafana/loki", true],
  ["grafana/loki-canary:3", "grafana/loki", false],
  ["localhost:5000/api:1", "localhost:5000", true],
  ["localhost:5000/api:1", "localhost:5001", false],
  ["ghcr.io/acme/api:1", "ghcr.io/acme/", true],
  ["ghcr.io/acme/api", "ghcr.io/acme/api", true],
])("%s comes from %s: %s", (image, repository, expected) => {
  expect(comesFrom(image, [repository])).toBe(expected);
});

/** What is found of a repository's mutability, with one exclusion from it. */
function ofMutability(imageTagMutability: string, filter: string): readonly string[] {
  const imageTagMutabilityExclusionFilters = [{ filter, filterType: "WILDCARD" }];
  const properties = { imageTagMutability, imageTagMutabilityExclusionFilters };
  const judged = found(requireImageRetention, { type: "aws:ecr/repository:Repository", name: "api", properties });
  return judged.filter((finding) => finding.includes("imageTagMutability"));
}

test.each<[string, readonly string[]]>([
  ["live-*", []],
  ["*", [expect.stringContaining("excludes every tag (*)")]],
  ["release-*", [expect.stringContaining("excludes release-*: a release's tag can move")]],
  ["v*", [expect.stringContaining("excludes v*")]],
  ["*.*.*", [expect.stringContaining("excludes *.*.*")]],
])("tags that are excluded from immutability: %s", (filter, findings) => {
  expect(ofMutability("IMMUTABLE_WITH_EXCLUSION", filter)).toEqual(findings);
});

test.each<[string, readonly string[]]>([
  ["v*", []],
  ["release-*", []],
  ["*", []],
  ["live-*", [expect.stringContaining("is MUTABLE_WITH_EXCLUSION, and no exclusion is about releases")]],
])("tags that are excluded from mutability: %s", (filter, findings) => {
  expect(ofMutability("MUTABLE_WITH_EXCLUSION", filter)).toEqual(findings);
});
