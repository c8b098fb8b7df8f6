import type { Example } from "./policy.ts";
import type { Properties } from "./values.ts";

type ExampleResource = Example["bad"][number];

const IMAGE = "ghcr.io/acme/trading/backend:2.1.0";

/** The same container in every provider's words, for examples of what is asked of containers. */
export const deployment = (container: Properties, podSpec: Properties = {}): ExampleResource => ({
  type: "kubernetes:apps/v1:Deployment",
  name: "api",
  properties: {
    spec: { template: { spec: { ...podSpec, containers: [{ name: "api", image: IMAGE, ...container }] } } },
  },
});

export const taskDefinition = (container: Properties, task: Properties = {}): ExampleResource => ({
  type: "aws:ecs/taskDefinition:TaskDefinition",
  name: "api",
  properties: {
    family: "api",
    ...task,
    containerDefinitions: JSON.stringify([{ name: "api", image: IMAGE, ...container }]),
  },
});

export const dockerContainer = (container: Properties): ExampleResource => ({
  type: "docker:index/container:Container",
  name: "api",
  properties: { image: IMAGE, ...container },
});

export const dockerService = (container: Properties): ExampleResource => ({
  type: "docker:index/service:Service",
  name: "api",
  properties: { taskSpec: { containerSpec: { image: IMAGE, ...container } } },
});
