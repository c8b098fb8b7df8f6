import { expect, test } from "vitest";
import { parse } from "yaml";
import { at, list } from "../../tests/support/json.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { describePlatform, isWorkload, membersOf, mountedFile } from "../specification.ts";
import { isWrittenOnHost } from "../workload/index.ts";

test.each(["docker", "kubernetes", "ecs"])("two stacks on one host of %s write to no folder together", (target) => {
  const written = (["dev", "staging", "prod"] as const).flatMap((stack) =>
    membersOf(describePlatform(settingsOf(stack, target)))
      .filter(isWorkload)
      .flatMap(({ volumes }) => volumes.filter(isWrittenOnHost).map(({ hostPath }) => hostPath)),
  );
  expect(written).toHaveLength(3);
  expect(new Set(written).size).toBe(3);
});

test("on Kubernetes the lines of what runs beside a workload are not taken for the workload's", () => {
  const config = parse(
    mountedFile(describePlatform(settingsOf("prod", "kubernetes")), "promtail", "/etc/promtail/promtail.yml"),
  );
  const labels = new Map([
    ["__meta_kubernetes_namespace", "trading-prod"],
    ["__meta_kubernetes_pod_name", "database-0"],
    ["__meta_kubernetes_pod_uid", "1-2"],
    ["__meta_kubernetes_pod_container_name", "vault"],
    ["__meta_kubernetes_pod_label_app_kubernetes_io_name", "database"],
    ["__meta_kubernetes_pod_label_app_kubernetes_io_instance", "prod"],
  ]);
  // As Prometheus relabels: a rule can ask for what those before it have set.
  for (const rule of list(at(config, "scrape_configs", 0, "relabel_configs"))) {
    const asked = list(at(rule, "source_labels")).map((label) => labels.get(String(label)) ?? "");
    const whole = asked.join(String(at(rule, "separator") ?? ";"));
    labels.set(
      String(at(rule, "target_label")),
      String(at(rule, "replacement") ?? "$1").replace("$1", () => whole),
    );
  }
  expect(Object.fromEntries(labels)).toMatchObject({
    service: "vault",
    stack: "prod",
    instance: "database-0",
    __path__: "/var/log/pods/trading-prod_database-0_1-2/vault/*.log",
  });
});

test("on ECS all containers of tasks are listed, on Docker the stack's alone: those of a task are in the network of one without the stack's label", () => {
  const listed = (stack: "dev" | "prod", target: string) =>
    /values:\n\s+- (\S+)/.exec(
      mountedFile(describePlatform(settingsOf(stack, target)), "promtail", "/etc/promtail/promtail.yml"),
    )?.[1];
  expect(listed("dev", "docker")).toBe("stack=dev");
  expect(listed("prod", "ecs")).toBe("com.amazonaws.ecs.cluster");
});
