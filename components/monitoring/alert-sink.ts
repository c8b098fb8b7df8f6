import { sinkName, sinkPorts } from "../alerts/sink.ts";
import {
  applicationUser,
  type Blueprint,
  httpProbes,
  logsOf,
  orFile,
  ownImage,
  plain,
  stopFirst,
} from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import { port, resources, type WorkloadSpec, workload } from "../workload/index.ts";

/** Takes what Alertmanager would send to Slack, PagerDuty, mail and webhook, and shows it to the developer. */
export function alertSink(plan: Blueprint): WorkloadSpec {
  const { alerts, logs } = plan.settings;
  const files = { certificate: "/etc/alert-sink/certificate.pem", key: "/etc/alert-sink/key.pem" };
  return workload({
    ...plain,
    name: sinkName,
    part: "monitoring",
    image: ownImage(plan, "alert-sink"),
    variables: {
      PORT: String(sinkPorts.http),
      MAIL_PORT: String(sinkPorts.mail),
      LOG_LEVEL: levelWord("backend", logs.level),
      TLS_CERTIFICATE: files.certificate,
      TLS_PRIVATE_KEY: files.key,
      MAIL_USER: alerts.receivers.email.user,
    },
    secretVariables: [orFile("MAIL_PASSWORD", "smtpPassword"), orFile("ALERT_WEBHOOK_TOKEN", "alertWebhookToken")],
    secretFiles: [
      { path: files.certificate, secret: "tlsCertificate" },
      { path: files.key, secret: "tlsPrivateKey" },
    ],
    ports: [
      port({ name: "http", number: sinkPorts.http, exposure: "loopback" }),
      port({ name: "smtp", number: sinkPorts.mail, exposure: "internal" }),
    ],
    probes: httpProbes({ port: "http", liveness: "/-/healthy", readiness: "/-/healthy", tool: "wget" }),
    // What came is in its memory: a second one would show the other half.
    placement: { kind: "stateful", replicas: 1, rollout: stopFirst(plan, 10) },
    resources: resources({ cpu: { request: 20, limit: 500 }, memory: { request: 64, limit: 192 } }),
    user: applicationUser,
    logs: logsOf(plan, "json"),
  });
}
