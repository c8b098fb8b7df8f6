import { EngineLog } from "../../engine-log.ts";
import { serve } from "../../server.ts";
import { DaemonProvider } from "./provider.ts";

/** The driver, running in this process. */
export interface DockerDriver {
  /** What the engine's process needs in its environment. */
  readonly environment: Readonly<Record<"PULUMI_DEBUG_PROVIDERS", string>>;
  stop(): Promise<void>;
}

/** Starts the driver of real Docker daemons; which daemon it is says each run's configuration, else DOCKER_HOST. */
export async function startDockerDriver(): Promise<DockerDriver> {
  const log = new EngineLog();
  const { port, stop } = await serve(new DaemonProvider(log), log);
  // Beside those that somebody has attached already.
  const attached = [process.env.PULUMI_DEBUG_PROVIDERS, `docker:${port}`].filter(Boolean).join(",");
  return { environment: { PULUMI_DEBUG_PROVIDERS: attached }, stop };
}
