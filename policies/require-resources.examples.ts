import { deployment, dockerContainer, taskDefinition } from "./example-resources.ts";
import type { Example } from "./policy.ts";

const FITTING = { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "512Mi" } };

export const REQUIRE_RESOURCES_EXAMPLES: readonly Example[] = [
  {
    title: "Kubernetes: half a byte of memory (m is a thousandth)",
    bad: [deployment({ resources: { requests: { cpu: "250m" }, limits: { memory: "512m" } } })],
    good: [deployment({ resources: FITTING })],
  },
  {
    title: "ECS: more reserved than allowed",
    bad: [taskDefinition({ memory: 256, memoryReservation: 512 })],
    good: [taskDefinition({ memory: 512, memoryReservation: 256 })],
  },
  { title: "Docker: no limit", bad: [dockerContainer({})], good: [dockerContainer({ memory: 512 })] },
];
