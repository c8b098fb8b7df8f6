import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { root } from "../../cli/root.ts";
import { type Rendering, render } from "../../tests/support/render.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { batchWait } from "../log-pace.ts";
import { describePlatform, isWorkload, membersOf, mountedFile } from "../specification.ts";
import { parseDuration } from "../workload/index.ts";

/**
 * What depends on another is taken away before it, when a stack goes: the collector ends while there still is a Loki that
 * takes its last batch. The other way round it would wait for one until it is killed, and those lines were nowhere.
 */
const stacks = [
  { target: "docker", stack: "dev", running: "docker:index/container:Container" },
  { target: "kubernetes", stack: "prod", running: /^kubernetes:apps\/v1:(?:DaemonSet|StatefulSet|Deployment)$/ },
  { target: "ecs", stack: "prod", running: "aws:ecs/service:Service" },
] as const;

describe.each(stacks)("$stack on $target", ({ target, stack, running }) => {
  const settings = settingsOf(stack, target);
  let rendering: Rendering;
  beforeAll(async () => {
    rendering = await render(settings, describePlatform(settings));
  }, 120_000);

  /** Members that are stopped only when this one is gone. */
  const outlivedBy = (name: string): readonly string[] => {
    const instances = rendering.resources.filter((one) => one.name === name && one.type.match(running) !== null);
    if (instances.length !== 1) throw new Error(`${instances.length} ${name} in place of one`);
    return instances.flatMap(({ options }) => options.dependsOn);
  };

  test("Promtail is stopped before Loki, and never the other way round", () => {
    expect(outlivedBy("promtail")).toContain("loki");
    expect(outlivedBy("loki")).not.toContain("promtail");
  });

  test("it has the time to send what it has read", () => {
    const platform = describePlatform(settings);
    const spec = membersOf(platform)
      .filter(isWorkload)
      .find(({ name }) => name === "promtail");
    const config = parse(mountedFile(platform, "promtail", "/etc/promtail/promtail.yml"));
    const needed = parseDuration(config.server.graceful_shutdown_timeout).seconds + batchWait.seconds;
    expect(spec?.placement.rollout.stopGracePeriod.seconds).toBeGreaterThan(needed);
  });

  test("nobody else waits for the two: with the log pipeline down, a release goes on", () => {
    const waiting = membersOf(describePlatform(settings))
      .filter(isWorkload)
      .filter(({ startsAfter }) => startsAfter.includes("loki") || startsAfter.includes("promtail"));
    expect(waiting.map(({ name }) => name)).toEqual(["promtail"]);
  });
});

test("docker compose: the same order, in what both of its files share", () => {
  const { services } = parse(readFileSync(join(root, "docker-compose.yml"), "utf8"));
  expect(services.promtail.depends_on.loki).toEqual({ condition: "service_healthy" });
  expect(Object.keys(services.loki.depends_on ?? {})).not.toContain("promtail");
});
