import { applicationUser, type Blueprint, httpProbes, logsOf, ownImage, plain, rolling } from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import { port, type WorkloadSpec, workload } from "../workload/index.ts";

/** The page that customers see; talks to the backend through the gateway, from the browser. */
export function frontend(plan: Blueprint): WorkloadSpec {
  const { frontend: own, environment, images, logs } = plan.settings;
  return workload({
    ...plain,
    name: "frontend",
    part: "application",
    image: ownImage(plan, "frontend"),
    variables: {
      PORT: String(own.port),
      ENVIRONMENT: environment,
      SERVICE_VERSION: images.version,
      LOG_LEVEL: levelWord("backend", logs.level),
    },
    ports: [port({ name: "http", number: own.port, exposure: "loopback" })],
    probes: httpProbes({ port: "http", liveness: own.livenessPath, readiness: own.readinessPath, tool: "wget" }),
    placement: { kind: "stateless", scaling: own.scaling, rollout: rolling(plan) },
    resources: own.resources,
    user: applicationUser,
    volumes: [{ kind: "scratch", name: "tmp", path: "/tmp", sizeMiB: 32 }],
    logs: logsOf(plan, environment === "development" ? "console" : "json"),
  });
}
