import { metricAlerts } from "../alerts/catalogue.ts";
import { alertmanagers } from "../alerts/peers.ts";
import { recordings } from "../alerts/recordings.ts";
import { alertRules } from "../alerts/rules.ts";
import type { Blueprint } from "../blueprint.ts";
import { mutualClient } from "../mtls.ts";
import { certificateJobName, clientConfig, isProtected } from "../protection.ts";
import type { Settings } from "../settings.ts";
import { type ConfigFile, formatDuration, portNamed, type Scrape, type WorkloadSpec } from "../workload/index.ts";
import { type Comment, commented } from "../yaml.ts";
import { remoteWriteConfig } from "./remote-write.ts";

type Scraped = WorkloadSpec & { readonly scrape: Scrape };
const isScraped = (spec: WorkloadSpec): spec is Scraped => spec.scrape !== undefined;

const comments: readonly Comment[] = [
  [["global"], "Intervals: the settings' section metrics. Rules are evaluated as often as is scraped."],
  [["rule_files"], "components/alerts/: one entry an alert, and what several of them ask (recordings.ts)."],
  [["scrape_configs"], "How instances are found is the target's: components/targets/."],
];

/** What asks the public address on Prometheus' behalf. */
const prober = "blackbox-exporter";

/** Names of everything that Prometheus scrapes; `workloads` are all the stack's. */
export const scrapedJobs = (settings: Settings, workloads: readonly WorkloadSpec[]): readonly string[] => [
  "prometheus",
  ...workloads
    .filter(isScraped)
    .flatMap(({ name }) =>
      name === prober ? [name, "site", ...(isProtected(settings) ? [certificateJobName] : [])] : [name],
    ),
];

/** prometheus.yml and alert.rules: a job for every workload that says how it is scraped. */
export function prometheusFiles(plan: Blueprint, workloads: readonly WorkloadSpec[]): readonly ConfigFile[] {
  const config = {
    global: {
      scrape_interval: formatDuration(plan.settings.metrics.scrapeInterval),
      scrape_timeout: formatDuration(plan.settings.metrics.scrapeTimeout),
      evaluation_interval: formatDuration(plan.settings.metrics.scrapeInterval),
      external_labels: { environment: plan.settings.environment, stack: plan.settings.stack },
    },
    rule_files: ["/etc/prometheus/alert.rules"],
    alerting: { alertmanagers: [{ ...protectedClient(plan.settings), ...alertmanagerDiscovery(plan) }] },
    scrape_configs: [
      {
        job_name: "prometheus",
        ...protectedClient(plan.settings),
        static_configs: [{ targets: ["127.0.0.1:9090"] }],
      },
      ...workloads
        .filter(isScraped)
        .flatMap((spec) => [scrapeJob(plan, spec), ...(spec.name === prober ? probeJobs(plan, spec) : [])]),
    ],
    ...remoteWriteConfig(plan.settings.metrics),
  };
  const { settings } = plan;
  const heading =
    "Rendered by ./platform render from components/monitoring/prometheus-config.ts: a job for every workload with `scrape`.";
  const alerts = metricAlerts({ settings, jobs: scrapedJobs(settings, workloads) });
  return [
    { path: "/etc/prometheus/prometheus.yml", content: commented(config, heading, comments) },
    { path: "/etc/prometheus/alert.rules", content: alertRules(alerts, settings, recordings(settings)) },
  ];
}

/** How itself and Alertmanager are asked, where they ask who it is. */
const protectedClient = (settings: Settings) =>
  isProtected(settings) ? { scheme: "https", ...clientConfig(settings, "prometheus") } : {};

/** Every Alertmanager is told everything: which of them delivers it is theirs to agree on. */
const alertmanagerDiscovery = (plan: Blueprint) =>
  alertmanagers(plan.settings) > 1
    ? { dns_sd_configs: [{ names: [plan.address("alertmanager")], type: "A", port: 9093, refresh_interval: "5s" }] }
    : { static_configs: [{ targets: [`${plan.address("alertmanager")}:9093`] }] };

function scrapeJob(plan: Blueprint, spec: Scraped) {
  const { scrape } = spec;
  return {
    job_name: spec.name,
    metrics_path: scrape.path,
    ...(scrape.interval === undefined ? {} : { scrape_interval: formatDuration(scrape.interval) }),
    ...(scrape.honorLabels === true ? { honor_labels: true } : {}),
    ...(scrape.protected === true ? protectedClient(plan.settings) : {}),
    ...(portNamed(spec, scrape.port).tls === "mutual" ? { scheme: "https", tls_config: mutualClient(spec.name) } : {}),
    ...discovery(plan, spec),
  };
}

/** What the prober asks: the public address, as a customer would (where there is none, the gateway); and for a certificate. */
function probeJobs(plan: Blueprint, spec: Scraped) {
  const { domain } = plan.settings;
  const site = domain === "localhost" ? `http://${plan.address("gateway")}/` : `https://${domain}/`;
  const jobs = [probeJob(plan, spec, { name: "site", module: "https_2xx", target: site })];
  if (!isProtected(plan.settings)) return jobs;
  // Prometheus has the same one, from the same secret; without Alertmanager's no alert is delivered.
  const target = `${plan.address("alertmanager")}:9093`;
  return [
    ...jobs,
    probeJob(plan, spec, {
      name: certificateJobName,
      module: "certificate",
      target,
      labels: { certificate: "alertmanager" },
    }),
  ];
}

interface Probed {
  readonly name: string;
  readonly module: string;
  readonly target: string;
  readonly labels?: Readonly<Record<string, string>>;
}

function probeJob(plan: Blueprint, spec: Scraped, { name, module, target, labels = {} }: Probed) {
  const found = discovery(plan, spec);
  return {
    job_name: name,
    metrics_path: "/probe",
    params: { module: [module], target: [target] },
    ...found,
    relabel_configs: [
      ...(found.relabel_configs ?? []),
      ...Object.entries({ instance: target, ...labels }).map(([target_label, replacement]) => ({
        target_label,
        replacement,
      })),
    ],
  };
}

interface DiscoveryConfig {
  readonly relabel_configs?: readonly object[];
  readonly dns_sd_configs?: readonly object[];
  readonly ec2_sd_configs?: readonly object[];
  readonly kubernetes_sd_configs?: readonly object[];
}

/** How the instances of a workload are found on the stack's target. */
function discovery(plan: Blueprint, spec: Scraped): DiscoveryConfig {
  const { number } = portNamed(spec, spec.scrape.port);
  const { target } = plan.settings;
  if (target.discovery === "kubernetes") return podDiscovery(spec, target.namespaces(plan.settings.stack));
  if (target.discovery === "cloud-map" && spec.placement.kind === "per-host") {
    // What runs on the host's network has no name of its own: every host of the stack is asked.
    return { ec2_sd_configs: [{ port: number, filters: [{ name: "tag:stack", values: [plan.settings.stack] }] }] };
  }
  // As often as is scraped: an instance that was replaced is not down, and its successor is seen at once.
  const refresh = { refresh_interval: formatDuration(plan.settings.metrics.scrapeInterval) };
  return { dns_sd_configs: [{ names: [plan.address(spec.name)], type: "A", port: number, ...refresh }] };
}

const podDiscovery = (spec: Scraped, namespaces: readonly string[]) => ({
  kubernetes_sd_configs: [{ role: "pod", namespaces: { names: namespaces } }],
  relabel_configs: [
    // What has ended, as a pod that was evicted, is kept for days, with an address that may be somebody else's by now.
    { source_labels: ["__meta_kubernetes_pod_phase"], regex: "Succeeded|Failed", action: "drop" },
    { source_labels: ["__meta_kubernetes_pod_label_app_kubernetes_io_name"], regex: spec.name, action: "keep" },
    { source_labels: ["__meta_kubernetes_pod_container_port_name"], regex: spec.scrape.port, action: "keep" },
    { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
    // An alert of a host names the host, before and after its pod was made anew.
    ...(spec.placement.kind === "per-host"
      ? [{ source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "instance" }]
      : []),
  ],
});
