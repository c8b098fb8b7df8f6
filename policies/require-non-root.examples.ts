import { deployment, dockerContainer, taskDefinition } from "./example-resources.ts";
import type { Example } from "./policy.ts";

export const REQUIRE_NON_ROOT_EXAMPLES: readonly Example[] = [
  {
    title: "Kubernetes: the image decides",
    bad: [deployment({})],
    good: [deployment({ securityContext: { runAsNonRoot: true, runAsUser: 10_001 } })],
  },
  { title: "ECS: root", bad: [taskDefinition({ user: "0:0" })], good: [taskDefinition({ user: "10001:10001" })] },
  { title: "Docker: the image decides", bad: [dockerContainer({})], good: [dockerContainer({ user: "10001:10001" })] },
];
