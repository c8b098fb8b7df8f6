import { isGrafanaPublic } from "../access.ts";
import { type Blueprint, connection, httpProbes, logsOf, plain, productImage, rolling } from "../blueprint.ts";
import { identityFiles } from "../mtls.ts";
import { type Port, port, type WorkloadSpec, workload } from "../workload/index.ts";
import { gatewayFiles, livenessPath, readinessPath } from "./gateway-config.ts";
import { certificatePath, entryPoint, nginxConfPath, privateKeyPath } from "./gateway-reload.ts";

/** nginx: the one way in for customers. Ends TLS, splits between frontend and backend, hides metrics. */
export function gateway(plan: Blueprint): WorkloadSpec {
  const { gateway: own, target } = plan.settings;
  return workload({
    ...plain,
    name: "gateway",
    part: "application",
    image: productImage(plan, "nginx"),
    command: entryPoint,
    args: ["nginx", "-c", nginxConfPath, "-g", "daemon off;"],
    variables: {
      // The image's entry point writes the resolver of wherever it runs: nginx itself does not read resolv.conf.
      NGINX_ENTRYPOINT_LOCAL_RESOLVERS: "1",
      NGINX_ENVSUBST_TEMPLATE_DIR: "/etc/gateway-templates",
      NGINX_ENVSUBST_OUTPUT_DIR: "/var/cache/nginx",
    },
    files: gatewayFiles(plan),
    secretFiles: [
      { path: certificatePath, secret: "tlsCertificate" },
      { path: privateKeyPath, secret: "tlsPrivateKey" },
      ...identityFiles(plan.settings, "gateway"),
    ],
    ports: [
      port({ name: "http", number: 80, exposure: "public" }),
      port({ name: "https", number: 443, exposure: "public" }),
      ...(target.loopback ? forwardedPorts(plan) : []),
    ],
    probes: httpProbes({ port: "http", liveness: livenessPath, readiness: readinessPath, tool: "wget" }),
    placement: { kind: "stateless", scaling: own.scaling, rollout: rolling(plan) },
    resources: own.resources,
    user: { kind: "non-root", uid: 101, gid: 101 },
    volumes: [
      { kind: "scratch", name: "cache", path: "/var/cache/nginx", sizeMiB: 128 },
      { kind: "scratch", name: "run", path: "/var/run", sizeMiB: 1 },
      { kind: "scratch", name: "tmp", path: "/tmp", sizeMiB: 64 },
    ],
    logs: logsOf(plan, "json"),
    connectsTo: [
      connection("backend", "http"),
      connection("frontend", "http"),
      ...(isGrafanaPublic(plan.settings) ? [connection("grafana", "http")] : []),
    ],
    startsAfter: [],
  });
}

/** A rolling workload owns no host port (its successor needs the same one): the gateway owns it and forwards. */
function forwardedPorts({ settings: { backend, frontend } }: Blueprint): readonly Port[] {
  return [
    port({ name: "backend", number: backend.port, exposure: "loopback" }),
    port({ name: "frontend", number: frontend.port, exposure: "loopback" }),
  ];
}
