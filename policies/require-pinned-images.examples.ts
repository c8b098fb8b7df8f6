import type { Example } from "./policy.ts";

const deployment = (image: string): Example["bad"][number] => ({
  type: "kubernetes:apps/v1:Deployment",
  name: "gateway",
  properties: { spec: { template: { spec: { containers: [{ name: "nginx", image }] } } } },
});

const remoteImage = (name: string): Example["bad"][number] => ({
  type: "docker:index/remoteImage:RemoteImage",
  name: "redis",
  properties: { name, keepLocally: true },
});

export const REQUIRE_PINNED_IMAGES_EXAMPLES: readonly Example[] = [
  {
    title: "Kubernetes: a tag that names the operating system only",
    bad: [deployment("nginx:alpine")],
    good: [deployment("nginx:1.29.1-alpine")],
  },
  { title: "Docker: no tag, which means latest", bad: [remoteImage("redis")], good: [remoteImage("redis:7.4.5")] },
];
