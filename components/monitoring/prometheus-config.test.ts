import { expect, test } from "vitest";
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
