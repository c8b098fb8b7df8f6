import { dockerContainer } from "./example-resources.ts";
import type { Example } from "./policy.ts";
import type { Properties } from "./values.ts";

type ExampleResource = Example["bad"][number];

const bucket = (tags: Properties): ExampleResource => ({
  type: "aws:s3/bucket:Bucket",
  name: "logs",
  properties: { tags },
});

const service = (labels: Properties): ExampleResource => ({
  type: "kubernetes:core/v1:Service",
  name: "api",
  properties: { metadata: { labels }, spec: { ports: [{ port: 8000 }] } },
});

export const REQUIRE_TAGS_EXAMPLES: readonly Example[] = [
  {
    title: "AWS: a bucket of nobody",
    bad: [bucket({ Name: "logs" })],
    good: [bucket({ environment: "production", project: "shop" })],
  },
  { title: "Kubernetes: no name", bad: [service({})], good: [service({ "app.kubernetes.io/name": "api" })] },
  {
    title: "Docker: no label",
    bad: [dockerContainer({})],
    good: [
      dockerContainer({
        labels: [
          { label: "project", value: "shop" },
          { label: "environment", value: "production" },
        ],
      }),
    ],
  },
];
