import { aws } from "./aws/model.ts";
import { isTemporaryBackend, type TemporaryBackend } from "./backend.ts";
import { docker } from "./docker/model.ts";
import type { Fault } from "./faults.ts";
import { guardFor } from "./guard.ts";
import { kubernetes } from "./kubernetes/model.ts";
import type { Model } from "./model.ts";
import { OfflineProvider } from "./provider.ts";
import { type ProviderName, providerNames } from "./schema/resource-types.ts";
import { serve } from "./server.ts";

export type { Fault } from "./faults.ts";

/** Stand-ins for providers, running in this process. */
export interface OfflineProviders {
  /** What the engine's process needs in its environment. */
  readonly environment: Readonly<Record<"PULUMI_DEBUG_PROVIDERS", string>>;
  stop(): Promise<void>;
}

const models: Readonly<Record<ProviderName, Model>> = { aws, kubernetes, docker };

/**
 * Starts stand-ins for the providers (default: all), for previews and tests against the given backend and no other:
 * they change nothing whose update does not run in it. Throws if that folder was not made by `makeTemporaryBackend`.
 */
export async function startOfflineProviders(options: {
  readonly backend: TemporaryBackend;
  readonly providers?: readonly ProviderName[];
  readonly faults?: readonly Fault[];
}): Promise<OfflineProviders> {
  const { directory } = options.backend;
  if (!(await isTemporaryBackend(directory))) {
    throw new Error(
      `${directory} is not a temporary backend; offline providers only work on one that makeTemporaryBackend() made`,
    );
  }
  const names = options.providers ?? providerNames;
  const servers = await Promise.all(
    names.map((name) => serve(new OfflineProvider(models[name], guardFor(name, directory), options.faults ?? []))),
  );
  const addresses = names.map((name, index) => `${name}:${servers[index]?.port}`);
  return {
    environment: { PULUMI_DEBUG_PROVIDERS: addresses.join(",") },
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
