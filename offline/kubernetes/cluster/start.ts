import { serve } from "../../server.ts";
import { ClusterProvider } from "./provider.ts";

/** The driver, running in this process. */
export interface KubernetesDriver {
  /** What the engine's process needs in its environment. */
  readonly environment: Readonly<Record<"PULUMI_DEBUG_PROVIDERS", string>>;
  stop(): Promise<void>;
}

/** Starts the driver of real clusters; which one it is says each run's configuration, else the kubeconfig. */
export async function startKubernetesDriver(): Promise<KubernetesDriver> {
  const { port, stop } = await serve(new ClusterProvider());
  // Beside those that somebody has attached already.
  const attached = [process.env.PULUMI_DEBUG_PROVIDERS, `kubernetes:${port}`].filter(Boolean).join(",");
  return { environment: { PULUMI_DEBUG_PROVIDERS: attached }, stop };
}
