import type { Patience } from "./aws/ecs/settle.ts";
import { aws } from "./aws/model.ts";
import { isTemporaryBackend, type TemporaryBackend } from "./backend.ts";
import { docker } from "./docker/model.ts";
import type { Elsewhere } from "./elsewhere.ts";
import type { Fault } from "./faults.ts";
import { guardFor } from "./guard.ts";
import { kubernetes } from "./kubernetes/model.ts";
import type { Model } from "./model.ts";
import { OfflineProvider } from "./provider.ts";
import { type ProviderName, providerNames } from "./schema/resource-types.ts";
import { serve } from "./server.ts";

export type { Patience } from "./aws/ecs/settle.ts";
export type { Fault } from "./faults.ts";

/** Stand-ins for providers, running in this process. */
export interface OfflineProviders {
  /** What the engine's process needs in its environment. */
  readonly environment: Readonly<Record<"PULUMI_DEBUG_PROVIDERS", string>>;
  stop(): Promise<void>;
}

/** Imported only where there is somebody to ask: an SDK of AWS takes its time. */
async function settledServices(patience: Patience): Promise<Elsewhere> {
  const [{ ECS }, { SettledServices }] = await Promise.all([
    import("@aws-sdk/client-ecs"),
    import("./aws/ecs/settle.ts"),
  ]);
  return new SettledServices(new ECS({ region: "eu-central-1" }), patience);
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
  /** ECS services are made where AWS_ENDPOINT_URL says (`offline/aws/ecs`), and waited for so. Default: in the state alone. */
  readonly services?: Patience;
}): Promise<OfflineProviders> {
  const { directory } = options.backend;
  if (!(await isTemporaryBackend(directory))) {
    throw new Error(
      `${directory} is not a temporary backend; offline providers only work on one that makeTemporaryBackend() made`,
    );
  }
  const names = options.providers ?? providerNames;
  const elsewhere = options.services === undefined ? undefined : await settledServices(options.services);
  const servers = await Promise.all(
    names.map((name) =>
      serve(
        new OfflineProvider(
          models[name],
          guardFor(name, directory),
          options.faults ?? [],
          name === "aws" ? elsewhere : undefined,
        ),
      ),
    ),
  );
  const addresses = names.map((name, index) => `${name}:${servers[index]?.port}`);
  return {
    environment: { PULUMI_DEBUG_PROVIDERS: addresses.join(",") },
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
