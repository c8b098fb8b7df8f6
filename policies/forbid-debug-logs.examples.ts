import { deployment, taskDefinition } from "./example-resources.ts";
import type { Example } from "./policy.ts";

const workload = (level: string): Example["bad"][number] => ({
  type: "trading-platform:workload:Workload",
  name: "backend",
  properties: { logs: { level, format: "json" } },
});

export const FORBID_DEBUG_LOGS_EXAMPLES: readonly Example[] = [
  {
    title: "Kubernetes: the level of a developer's machine",
    bad: [deployment({ env: [{ name: "LOG_LEVEL", value: "DEBUG" }] })],
    good: [deployment({ env: [{ name: "LOG_LEVEL", value: "WARNING" }] })],
  },
  {
    title: "ECS: by an argument",
    bad: [taskDefinition({ command: ["serve", "--log.level=debug"] })],
    good: [taskDefinition({ command: ["serve", "--log.level=warn"] })],
  },
  { title: "Trading platform: a workload at DEBUG", bad: [workload("DEBUG")], good: [workload("WARNING")] },
];
