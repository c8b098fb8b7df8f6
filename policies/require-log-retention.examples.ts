import type { Example, ExampleResource } from "./policy.ts";
import type { Properties } from "./values.ts";

const logGroup = (properties: Properties): ExampleResource => ({
  type: "aws:cloudwatch/logGroup:LogGroup",
  name: "api",
  properties: { name: "/shop/api", ...properties },
});

const logging = (properties: Properties): ExampleResource => ({
  type: "trading-platform:logging:LoggingStack",
  name: "logging",
  properties,
});

export const REQUIRE_LOG_RETENTION_EXAMPLES: readonly Example[] = [
  {
    title: "CloudWatch: a log group that is kept for ever",
    bad: [logGroup({})],
    good: [logGroup({ retentionInDays: 30 })],
  },
  {
    title: "Trading platform: nothing says how long logs are kept",
    bad: [logging({ level: "INFO" })],
    good: [logging({ level: "INFO", retention: "15d" })],
  },
];
