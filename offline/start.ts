import type { Patience } from "./aws/ecs/settle.ts";
import { isTemporaryBackend, type TemporaryBackend } from "./backend.ts";
import type { Fault } from "./faults.ts";
import { type ProviderName, providerNames } from "./schema/resource-types.ts";
import { serveUnary } from "./unary-server.ts";

export type { Patience } from "./aws/ecs/settle.ts";
export type { Fault } from "./faults.ts";

/** Stand-ins for providers, running in this process. */
export interface OfflineProviders {
  /** What the engine's process needs in its environment. */
  readonly environment: Readonly<Record<"PULUMI_DEBUG_PROVIDERS", string>>;
  stop(): Promise<void>;
}

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
  const { faults = [], services } = options;
  // Loaded when they listen already: the engine starts meanwhile.
  const servers = await Promise.all(
    names.map((name) =>
      serveUnary(import("./stand-in.ts").then(({ standIn }) => standIn(name, directory, faults, services))),
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
