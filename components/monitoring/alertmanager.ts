import { openedUrl } from "../access.ts";
import { alertmanagerConfig } from "../alerts/alertmanager-config.ts";
import { messagesFile, messageTemplates } from "../alerts/messages.ts";
import { receiverSecrets } from "../alerts/receivers.ts";
import {
  type Blueprint,
  connection,
  httpProbes,
  logsOf,
  nobody,
  plain,
  productImage,
  stopFirst,
} from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import { port, resources, type WorkloadSpec, workload } from "../workload/index.ts";

/** Groups, silences and delivers what Prometheus fires. */
export function alertmanager(plan: Blueprint): WorkloadSpec {
  return workload({
    ...plain,
    name: "alertmanager",
    part: "monitoring",
    image: productImage(plan, "alertmanager"),
    args: [
      "--config.file=/etc/alertmanager/alertmanager.yml",
      "--storage.path=/alertmanager",
      "--web.listen-address=:9093",
      `--web.external-url=${openedUrl(plan.settings, "alertmanager")}`,
      // One instance: no gossip.
      "--cluster.listen-address=",
      `--log.level=${levelWord("alertmanager", plan.settings.logs.level)}`,
      "--log.format=json",
    ],
    files: [
      {
        path: "/etc/alertmanager/alertmanager.yml",
        content: alertmanagerConfig(plan.settings, plan.address("backend")),
      },
      { path: `/etc/alertmanager/${messagesFile}`, content: messageTemplates(plan.settings) },
    ],
    secretFiles: receiverSecrets,
    ports: [port({ name: "http", number: 9093, exposure: "loopback" })],
    probes: httpProbes({ port: "http", liveness: "/-/healthy", readiness: "/-/ready", tool: "wget" }),
    placement: { kind: "stateful", replicas: 1, rollout: stopFirst(plan, 30) },
    resources: resources({ cpu: { request: 50, limit: 500 }, memory: { request: 64, limit: 256 } }),
    user: nobody,
    volumes: [{ kind: "persistent", name: "data", path: "/alertmanager", sizeGiB: 1 }],
    logs: logsOf(plan, "json"),
    scrape: { port: "http", path: "/metrics" },
    connectsTo: [connection("backend", "http")],
    internet: true,
  });
}
