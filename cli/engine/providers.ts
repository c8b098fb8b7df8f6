import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { EngineRequest } from "./protocol.ts";

/** Providers that are not plugins, for one run of the engine. */
export interface RunningProviders {
  /** What the engine needs in its environment to find them. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** What the thread is asked for. */
export type ProvidersWanted = Pick<EngineRequest, "standIns" | "dockerDriver">;

const thread = fileURLToPath(new URL("providers-thread.ts", import.meta.url));

/**
 * Starts them in this process, so that they live as long as the engine, and in a thread of their own: the program
 * keeps its thread busy while it registers resources, and the engine waits for the answers of both.
 */
export async function startProviders({ standIns, dockerDriver = false }: ProvidersWanted): Promise<RunningProviders> {
  if (standIns === undefined && !dockerDriver) return { environment: {}, stop: async () => {} };
  const wanted: ProvidersWanted = { dockerDriver, ...(standIns === undefined ? {} : { standIns }) };
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
