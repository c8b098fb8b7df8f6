import type { Product } from "../../components/settings.ts";
import { productVersions } from "../../stacks/product-versions.ts";
import { goBuild, sourceHash } from "./go.ts";
import { answerOf } from "./program.ts";
import { ensureTool, type Tool } from "./tool.ts";

/** A program of the monitoring and logging stack, built from its Go module in the version that the stacks run. */
interface Monitoring {
  readonly name: string;
  readonly product: Product;
  readonly module: string;
  readonly package: string;
  /** Variable that the linker writes the version into. */
  readonly versionVariable: string;
  readonly tags?: readonly string[];
  readonly megabytes?: number;
  readonly estimate: string;
}

function monitoring({ name, product, versionVariable, megabytes = 400, ...program }: Monitoring): Tool {
  const version = productVersions[product].replace(/^v/, "");
  return {
    name,
    version,
    versionOf: saidVersion,
    megabytes,
    wayOut: "Install Go 1.25 or newer (https://go.dev/dl/).",
    makers: [goBuild({ ...program, name, linkerFlags: `-X ${versionVariable}=${version}` })],
  };
}

/** Some say it on stdout, some on stderr. */
function saidVersion(path: string): string | undefined {
  const said = answerOf("/bin/sh", "-c", '"$0" --version 2>&1', path);
  return /(?:version|Exporter) v?(\d+\.\d+\.\d+)/.exec(said ?? "")?.[1];
}

/** Where the Prometheus project's programs keep their version. */
const commonVersion = "github.com/prometheus/common/version.Version";

/** Service discovery that the stacks use; the others would need modules that cannot be had everywhere. */
const prometheusTags = ["docker", "kubernetes", "dns", "aws"].map((name) => `enable_${name}_sd`);

const ofPrometheus = (name: "prometheus" | "promtool", estimate: string): Tool =>
  monitoring({
    name,
    product: "prometheus",
    module: "prometheus",
    package: `github.com/prometheus/prometheus/cmd/${name}`,
    versionVariable: commonVersion,
    tags: ["remove_all_sd", ...prometheusTags],
    estimate,
  });

const ofAlertmanager = (name: "alertmanager" | "amtool"): Tool =>
  monitoring({
    name,
    product: "alertmanager",
    module: "alertmanager",
    package: `github.com/prometheus/alertmanager/cmd/${name}`,
    versionVariable: commonVersion,
    estimate: "1 minute on two cores, once",
  });

export const prometheus = ofPrometheus("prometheus", "4 minutes on two cores, once");
export const promtool = ofPrometheus("promtool", "3 minutes on two cores, once");
export const alertmanager = ofAlertmanager("alertmanager");
export const amtool = ofAlertmanager("amtool");

/** Loki's own variable: it writes over the common one. */
const lokiVersion = "github.com/grafana/loki/v3/pkg/util/build.Version";

export const loki = monitoring({
  name: "loki",
  product: "loki",
  module: "loki",
  package: "github.com/grafana/loki/v3/cmd/loki",
  versionVariable: lokiVersion,
  megabytes: 500,
  estimate: "6 minutes on two cores, once",
});

export const promtail = monitoring({
  name: "promtail",
  product: "promtail",
  module: "loki",
  package: "github.com/grafana/loki/v3/clients/cmd/promtail",
  versionVariable: lokiVersion,
  estimate: "2 minutes on two cores after Loki, once",
});

export const nodeExporter = monitoring({
  name: "node_exporter",
  product: "nodeExporter",
  module: "exporters",
  package: "github.com/prometheus/node_exporter",
  versionVariable: commonVersion,
  estimate: "1 minute on two cores, once",
});

export const redisExporter = monitoring({
  name: "redis_exporter",
  product: "redisExporter",
  module: "exporters",
  package: "github.com/oliver006/redis_exporter",
  versionVariable: "main.BuildVersion",
  estimate: "1 minute on two cores, once",
});

export const postgresExporter = monitoring({
  name: "postgres_exporter",
  product: "postgresExporter",
  module: "exporters",
  package: "github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter",
  versionVariable: commonVersion,
  estimate: "1 minute on two cores, once",
});

export const blackboxExporter = monitoring({
  name: "blackbox_exporter",
  product: "blackboxExporter",
  module: "exporters",
  package: "github.com/prometheus/blackbox_exporter",
  versionVariable: commonVersion,
  estimate: "1 minute on two cores, once",
});

/** Our own main package around the published library: see tools/cadvisor. */
export const cadvisor: Tool = {
  source: sourceHash("cadvisor"),
  ...monitoring({
    name: "cadvisor",
    product: "cadvisor",
    module: "cadvisor",
    package: ".",
    versionVariable: "github.com/google/cadvisor/version.Version",
    estimate: "1 minute on two cores, once",
  }),
};

/** Path of promtool, in the version of the Prometheus that the stacks run, or newer. */
export const ensurePromtool = (): Promise<string> => ensureTool(promtool);

/** Path of amtool, in the version of the Alertmanager that the stacks run, or newer. */
export const ensureAmtool = (): Promise<string> => ensureTool(amtool);
