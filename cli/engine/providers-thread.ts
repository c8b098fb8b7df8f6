/** The thread of `startProviders`: tells what the engine needs in its environment, and ends when it is told to. */
import { parentPort, workerData } from "node:worker_threads";
import type { ProvidersWanted } from "./providers.ts";

const { standIns, dockerDriver }: ProvidersWanted = workerData;
const providers = await start();
// Whatever a provider was still waiting for, nobody hears of it any more.
parentPort?.once("message", () => void providers.stop().finally(() => process.exit()));
parentPort?.postMessage(providers.environment);

async function start(): Promise<{ environment: Readonly<Record<string, string>>; stop(): Promise<void> }> {
  if (standIns === undefined || dockerDriver) {
    return (await import("../../offline/docker/daemon/start.ts")).startDockerDriver();
  }
  const { startOfflineProviders } = await import("../../offline/start.ts");
  // The folder belongs to whoever made it, and that is not this process.
  const backend = { ...standIns.backend, remove: async () => {} };
  return startOfflineProviders({ backend, faults: standIns.faults });
}
