import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { at, list } from "../../tests/support/json.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { describePlatform, mountedFile } from "../specification.ts";

/** Docker's DNS may name the last address of a container that was started anew, and another has it by then. */
test("who has the last address of another answers none of its scrapes: each job asks on a port or a path of its own", () => {
  const config = parse(
    mountedFile(describePlatform(settingsOf("dev")), "prometheus", "/etc/prometheus/prometheus.yml"),
  );
  const asked = list(at(config, "scrape_configs"))
    // The blackbox exporter is asked for the site as well.
    .filter((job) => at(job, "dns_sd_configs") !== undefined && at(job, "job_name") !== "site")
    .map((job) => `${at(job, "dns_sd_configs", 0, "port")}${at(job, "metrics_path")}`);
  expect(asked.length).toBeGreaterThan(5);
  expect(asked).toEqual([...new Set(asked)]);
});

describe("on Kubernetes", () => {
  const config = parse(
    mountedFile(describePlatform(settingsOf("prod", "kubernetes")), "prometheus", "/etc/prometheus/prometheus.yml"),
  );
  const jobs = list(at(config, "scrape_configs")).filter((job) => at(job, "kubernetes_sd_configs") !== undefined);
  const relabelings = (name: string) =>
    jobs.filter((job) => at(job, "job_name") === name).flatMap((job) => list(at(job, "relabel_configs")));

  test("a pod that has ended is not asked: it would be down for ever, or another pod with its address would answer for it", () => {
    expect(jobs.length).toBeGreaterThan(5);
    for (const job of jobs) {
      expect(list(at(job, "relabel_configs"))).toContainEqual({
        source_labels: ["__meta_kubernetes_pod_phase"],
        regex: "Succeeded|Failed",
        action: "drop",
      });
    }
  });

  test("what runs once a host is called by the host's name, which an alert tells; the others by their addresses", () => {
    const named = { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "instance" };
    expect(relabelings("node-exporter")).toContainEqual(named);
    expect(relabelings("backend").length).toBeGreaterThan(0);
    expect(relabelings("backend")).not.toContainEqual(named);
  });
});
