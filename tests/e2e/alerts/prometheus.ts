import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { prometheus as prometheusTool } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import { openedUrl } from "../../../components/access.ts";
import type { Alert } from "../../../components/alerts/alert.ts";
import { alertRules } from "../../../components/alerts/rules.ts";
import type { Settings } from "../../../components/settings.ts";
import { formatDuration } from "../../../components/workload/index.ts";
import { answersWell, ended, freePort, launch, until } from "../../support/process.ts";

export interface Prometheus {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A Prometheus that scrapes this Alertmanager, judges these alerts by the stack's rules and times, and tells them to it.
 * It lets go of an alert within seconds after its own end, where it usually takes four minutes.
 */
export async function startPrometheus(
  settings: Settings,
  alerts: readonly Alert[],
  alertmanager: string,
): Promise<Prometheus> {
  const program = await ensureTool(prometheusTool);
  const folder = mkdtempSync(join(tmpdir(), "prometheus-"));
  const port = await freePort();
  const interval = formatDuration(settings.metrics.scrapeInterval);
  const target = { static_configs: [{ targets: [new URL(alertmanager).host] }] };
  writeFileSync(join(folder, "alert.rules"), alertRules(alerts, settings));
  const config = {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ["alert.rules"],
    alerting: { alertmanagers: [target] },
    scrape_configs: [{ job_name: "alertmanager", ...target }],
  };
  writeFileSync(join(folder, "prometheus.yml"), stringify(config));
  const words = [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
    `--web.external-url=${openedUrl(settings, "prometheus")}`,
    "--rules.alert.resend-delay=1s",
  ];
  const launched = launch({ name: "prometheus", program, words, folder });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await ended(launched);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(`${launched.name} is ready`, () => answersWell(`${url}/-/ready`), { launched: [launched] });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}
