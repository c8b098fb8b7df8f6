import { describe, expect, test } from "vitest";
import { root } from "../../cli/root.ts";
import { receiversFor } from "../../components/alerts/routes.ts";
import { describePlatform, isWorkload, membersOf, platformProblems } from "../../components/specification.ts";
import { readStackFile, stacksIn } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";

const settingsOf = (stack: string, target?: string) => {
  const file = readStackFile(root, stack);
  return readSettings({ stack, config: { ...file.config, ...(target === undefined ? {} : { target }) } });
};

/** Section 4 of the requirement: component, image, port. Image tags are pinned instead of moving. */
const required = [
  ["gateway", "nginx", [80, 443]],
  ["backend", "/backend", [8000]],
  ["frontend", "/frontend", [3000]],
  ["prometheus", "prom/prometheus", [9090]],
  ["grafana", "grafana/grafana", [3001]],
  ["alertmanager", "prom/alertmanager", [9093]],
  ["loki", "grafana/loki", [3100]],
  ["promtail", "grafana/promtail", []],
  ["node-exporter", "prom/node-exporter", [9100]],
  ["redis-exporter", "oliver006/redis_exporter", [9121]],
  ["postgres-exporter", "postgres-exporter", [9187]],
] as const;

/** Section 1.1 of the requirement: alert and severity. */
const requiredAlerts = {
  HighErrorRate: "critical",
  SlowResponseTime: "warning",
  BackendDown: "critical",
  HighDatabaseConnections: "warning",
  DatabaseDown: "critical",
  LongRunningQueries: "warning",
  RedisDown: "critical",
  HighRedisMemory: "warning",
  HighCpuUsage: "warning",
  HighMemoryUsage: "warning",
  LowDiskSpace: "warning",
  TradingSystemUnhealthy: "critical",
  HighOrderFailureRate: "warning",
  BacktestQueueBackup: "warning",
};

test("there are the three stacks of the requirement", () => {
  expect(stacksIn(root)).toEqual(["dev", "staging", "prod"]);
});

describe.each(["dev", "staging", "prod"])("stack %s", (stack) => {
  test.each([...required])(
    "has its components, from their images, on their ports [requirement component/%s]",
    (name, repository, ports) => {
      const member = membersOf(describePlatform(settingsOf(stack))).find((candidate) => candidate.name === name);
      if (member === undefined || !isWorkload(member)) throw new Error(`${name} is missing`);
      expect(member.image.repository.endsWith(repository)).toBe(true);
      expect(member.ports.map((port) => port.number)).toEqual(expect.arrayContaining([...ports]));
    },
  );

  test("has the 14 alerts with their severities, and the four channels [requirement alert/*, channel/*]", () => {
    const { alerts } = describePlatform(settingsOf(stack));
    expect(Object.fromEntries(alerts.map(({ name, severity }) => [name, severity]))).toMatchObject(requiredAlerts);
    const faults = alerts.filter(({ severity }) => severity !== "none");
    expect([...new Set(faults.flatMap(receiversFor))].sort()).toEqual(["email", "pagerduty", "slack", "webhook"]);
  });

  test.each(["docker", "ecs", "kubernetes"])("runs on %s", (target) => {
    const ecs = { region: "eu-central-1", accountId: "111122223333", hostedZoneId: "Z0123456789ABCDEFGHIJ" };
    const file = readStackFile(root, stack);
    const settings = readSettings({ stack, config: { ecs, ...file.config, target } });
    expect(platformProblems(settings, describePlatform(settings))).toEqual([]);
  });
});

test("each environment has the log level of the requirement [requirement level/*]", () => {
  const levels = ["dev", "staging", "prod"].map((stack) => settingsOf(stack).logs.level);
  expect(levels).toEqual(["DEBUG", "INFO", "WARNING"]);
});
