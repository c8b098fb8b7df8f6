import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { policyPack, policyRunnerVariable } from "./environment.ts";
import type { EngineRequest } from "./protocol.ts";

/** Providers that are not plugins, and the policy pack, for one run of the engine. */
export interface RunningProviders {
  /** What the engine needs in its environment to find them. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** What the thread is asked for. */
export interface ProvidersWanted extends Pick<EngineRequest, "standIns" | "driver"> {
  /** True: serve the platform's own policies too. */
  readonly policies: boolean;
}

/** Where the policies are served; bin/pulumi-analyzer-policy-nodejs tells it the engine. */
export const policyPortVariable = "TRADING_PLATFORM_POLICY_PORT";

const thread = fileURLToPath(new URL("providers-thread.ts", import.meta.url));

/**
 * Starts them in this process, so that they live as long as the engine, and in a thread of their own: the program
 * keeps its thread busy while it registers resources, and the engine waits for the answers of both.
 */
export async function startProviders(request: EngineRequest): Promise<RunningProviders> {
  const { standIns, driver, policyPacks, environment: own } = request;
  // Where Pulumi's language host is installed, the engine has it start the pack.
  const policies = policyPacks.includes(policyPack) && own[policyRunnerVariable] !== undefined;
  if (standIns === undefined && driver === undefined && !policies) return { environment: {}, stop: async () => {} };
  const wanted: ProvidersWanted = {
    policies,
    ...(driver === undefined ? {} : { driver }),
    ...(standIns === undefined ? {} : { standIns }),
  };
  const worker = new Worker(thread, { workerData: wanted });
  // Rejects with what the thread threw where it could not begin.
  const [environment]: Readonly<Record<string, string>>[] = await once(worker, "message");
  return {
    environment: environment ?? {},
    stop: async () => {
      const stopped = once(worker, "exit");
      worker.postMessage("stop");
      await stopped;
    },
  };
}
