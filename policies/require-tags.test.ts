import { expect, test } from "vitest";
import { dockerContainer } from "./example-resources.ts";
import type { ExampleResource } from "./policy.ts";
import { requireTags } from "./require-tags.ts";
import { found, verdictOn } from "./testing.ts";
import { type Properties, UNKNOWN } from "./values.ts";

const bucket = (properties: Properties): ExampleResource => ({ type: "aws:s3/bucket:Bucket", name: "b", properties });

test.each<[string, Properties, readonly string[]]>([
  ["none", {}, [expect.stringContaining("which environment it belongs to or what it is part of")]],
  ["half of it", { tags: { Environment: "prod" } }, [expect.stringContaining("says what it is part of")]],
  ["both, in capitals", { tags: { ENV: "prod", Team: "shop" } }, []],
  ["both, behind a prefix", { tags: { "acme:environment": "prod", "acme:project": "shop" } }, []],
  ["both, in a domain's name", { tags: { "com.acme.env": "prod", "com.acme.app": "shop" } }, []],
  ["unknown", { tags: UNKNOWN }, ["b? tags"]],
])("tags: %s", (_, properties, findings) => {
  expect(found(requireTags, bucket(properties))).toEqual(findings);
});

test("labels of Kubernetes and Docker", () => {
  const deployment = (labels: Properties): ExampleResource => ({
    type: "kubernetes:apps/v1:Deployment",
    name: "d",
    properties: { metadata: { labels } },
  });
  expect(found(requireTags, deployment({ app: "api" }))).toEqual([]);
  expect(found(requireTags, deployment({ tier: "web" }))).toHaveLength(1);
  expect(found(requireTags, deployment({ app: UNKNOWN }))).toEqual(["d? metadata.labels.app"]);
  expect(found(requireTags, dockerContainer({ labels: [{ label: UNKNOWN, value: "x" }] }))).toEqual([
    "api? labels[0].label",
  ]);
});

test("what costs nothing and holds nothing is not judged", () => {
  expect(verdictOn(requireTags, { type: "aws:iam/role:Role", properties: {} })).toBeUndefined();
});
