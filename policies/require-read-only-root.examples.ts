import { deployment, dockerContainer, dockerService, taskDefinition } from "./example-resources.ts";
import type { Example } from "./policy.ts";

export const REQUIRE_READ_ONLY_ROOT_EXAMPLES: readonly Example[] = [
  {
    title: "Kubernetes: nothing said, which is writable",
    bad: [deployment({})],
    good: [deployment({ securityContext: { readOnlyRootFilesystem: true } })],
  },
  {
    title: "ECS: writable",
    bad: [taskDefinition({ readonlyRootFilesystem: false })],
    good: [taskDefinition({ readonlyRootFilesystem: true })],
  },
  { title: "Docker: nothing said", bad: [dockerContainer({})], good: [dockerContainer({ readOnly: true })] },
  { title: "Docker Swarm: nothing said", bad: [dockerService({})], good: [dockerService({ readOnly: true })] },
];
