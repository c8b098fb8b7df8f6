import { openedUrl } from "../access.ts";
import { alertmanagerConfig } from "../alerts/alertmanager-config.ts";
import { messagesFile, messageTemplates } from "../alerts/messages.ts";
import { alertmanagers, peerTimeout } from "../alerts/peers.ts";
import { receiverSecrets } from "../alerts/receivers.ts";
import { hasSink, sinkName } from "../alerts/sink.ts";
import {
  type Blueprint,
  checkedBy,
  connection,
  httpProbes,
  logsOf,
  nobody,
  plain,
  productImage,
  stopFirst,
} from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import { identityFiles, identityPath, mutualPort } from "../mtls.ts";
import { isProtected, ownCheck, probeFiles, webFlags, webPort, webSecrets } from "../protection.ts";
import type { Settings } from "../settings.ts";
import {
  type ConfigFile,
  formatDuration,
  port,
  resources,
  type SecretFile,
  type WorkloadSpec,
  workload,
} from "../workload/index.ts";
import { commented } from "../yaml.ts";

/** Groups, silences and delivers what Prometheus fires. */
export function alertmanager(plan: Blueprint): WorkloadSpec {
  const replicas = alertmanagers(plan.settings);
  const isSecure = isProtected(plan.settings);
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
      ...webFlags(plan.settings, "alertmanager"),
      ...(replicas > 1 ? gossip(plan) : alone),
      `--log.level=${levelWord("alertmanager", plan.settings.logs.level)}`,
      "--log.format=json",
    ],
    files: [
      {
        path: "/etc/alertmanager/alertmanager.yml",
        content: alertmanagerConfig(plan.settings, plan.address),
      },
      { path: `/etc/alertmanager/${messagesFile}`, content: messageTemplates(plan.settings) },
      ...probeFiles(plan.settings, "alertmanager"),
      ...gossipFiles(plan.settings),
    ],
    secretFiles: [
      ...receiverSecrets(plan.settings),
      ...webSecrets(plan.settings, "alertmanager"),
      ...identityFiles(plan.settings, "alertmanager"),
      ...gossipAuthority(plan.settings),
    ],
    ports: [
      port({ name: "http", number: 9093, exposure: "loopback", ...webPort(plan.settings) }),
      ...(replicas > 1
        ? [
            port({
              name: "cluster",
              number: clusterPort,
              exposure: "internal",
              // Over TLS what else goes by UDP goes by TCP too.
              protocols: isGossipSecret(plan.settings) ? ["TCP"] : ["TCP", "UDP"],
              ...mutualPort(plan.settings),
            }),
          ]
        : []),
    ],
    probes: isSecure
      ? checkedBy(ask, ask, "wget")
      : httpProbes({ port: "http", liveness: "/-/healthy", readiness: "/-/ready", tool: "wget" }),
    placement: { kind: "stateful", replicas, rollout: stopFirst(plan, 30) },
    resources: resources({ cpu: { request: 50, limit: 500 }, memory: { request: 64, limit: 256 } }),
    user: nobody,
    volumes: [{ kind: "persistent", name: "data", path: "/alertmanager", sizeGiB: 1 }],
    logs: logsOf(plan, "json"),
    scrape: { port: "http", path: "/metrics", protected: isSecure },
    connectsTo: [
      connection("backend", "http"),
      ...(replicas > 1 ? [connection("alertmanager", "cluster")] : []),
      ...(hasSink(plan.settings) ? [connection(sinkName, "http"), connection(sinkName, "smtp")] : []),
    ],
    internet: true,
  });
}

/** Alertmanager is ready as soon as it answers: /-/ready says no more than this. */
const ask = ownCheck("alertmanager", [
  "amtool",
  "cluster",
  "show",
  "--alertmanager.url=https://127.0.0.1:9093",
  // It would warn of another version's server, which is its own.
  "--no-version-check",
]);

const alone = ["--cluster.listen-address="];

const clusterPort = 9094;

/** They tell each other what is silenced and what is delivered, so that each message is sent once. */
const gossip = (plan: Blueprint): readonly string[] => [
  `--cluster.listen-address=0.0.0.0:${clusterPort}`,
  // The name leads to every one of them; it is asked again and again, so that one that comes back is found.
  `--cluster.peer=${plan.address("alertmanager")}:${clusterPort}`,
  `--cluster.peer-timeout=${formatDuration(peerTimeout)}`,
  // Others that gossip in the same network are not joined.
  `--cluster.label=${plan.settings.stack}`,
  ...(isGossipSecret(plan.settings) ? [`--cluster.tls-config=${gossipConfigPath}`] : []),
];

type Gossiping = Pick<Settings, "mtls" | "target" | "environment">;

/** Whether the peers know each other by their certificates: who has none of ours could silence, or keep a message back. */
export const isGossipSecret = (settings: Gossiping): boolean => settings.mtls && alertmanagers(settings) > 1;

const gossipConfigPath = "/etc/alertmanager/gossip.yml";

/**
 * The authority a second time, and not live: Alertmanager reads its certificate at each handshake, and whom it trusts once,
 * at its start. So another authority makes the pods anew, one after the other, and another certificate does not.
 */
const gossipAuthorityPath = "/etc/alertmanager-gossip/ca.crt";

const gossipAuthority = (settings: Gossiping): readonly SecretFile[] =>
  isGossipSecret(settings) ? [{ path: gossipAuthorityPath, secret: "mtlsAuthority" }] : [];

/** How a peer shows itself and whom it takes, as server and as client: each is both. */
function gossipFiles(settings: Gossiping): readonly ConfigFile[] {
  if (!isGossipSecret(settings)) return [];
  const own = { cert_file: identityPath, key_file: identityPath };
  const config = {
    tls_server_config: {
      ...own,
      client_auth_type: "RequireAndVerifyClientCert",
      client_ca_file: gossipAuthorityPath,
      client_allowed_sans: ["alertmanager"],
    },
    tls_client_config: { ...own, ca_file: gossipAuthorityPath, server_name: "alertmanager" },
  };
  return [{ path: gossipConfigPath, content: commented(config, gossipHeading) }];
}

const gossipHeading =
  "Rendered by ./platform render from components/monitoring/alertmanager.ts: mutual TLS between Alertmanagers.";
