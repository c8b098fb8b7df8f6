/** The thread of `startProviders`: tells what the engine needs in its environment, and ends when it is told to. */
import { parentPort, workerData } from "node:worker_threads";
import { serveUnary } from "../../offline/unary-server.ts";
import { type ProvidersWanted, policyPortVariable } from "./providers.ts";

const { standIns, driver, policies }: ProvidersWanted = workerData;
const [providers, policyPort] = await Promise.all([startProviders(), policies ? startPolicies() : {}]);
// Whatever a provider was still waiting for, nobody hears of it any more.
parentPort?.once("message", () => void providers.stop().finally(() => process.exit()));
parentPort?.postMessage({ ...providers.environment, ...policyPort });

async function startProviders(): Promise<{
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}> {
  if (driver === "docker") return (await import("../../offline/docker/daemon/start.ts")).startDockerDriver();
  if (driver === "kubernetes") {
    return (await import("../../offline/kubernetes/cluster/start.ts")).startKubernetesDriver();
  }
  if (standIns === undefined) return { environment: {}, stop: async () => {} };
  const { startOfflineProviders } = await import("../../offline/start.ts");
  // The folder belongs to whoever made it, and that is not this process.
  const backend = { ...standIns.backend, remove: async () => {} };
  return startOfflineProviders({ ...standIns, backend });
}

async function startPolicies(): Promise<Readonly<Record<string, string>>> {
  const service = import("./policy-server.ts").then(({ policyService }) => policyService());
  const { port } = await serveUnary(service);
  return { [policyPortVariable]: String(port) };
}
