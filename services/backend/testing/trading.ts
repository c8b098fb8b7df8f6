import type { Trading } from "../http/services.ts";
import { makeTokens } from "../http/tokens.ts";
import { makeMetrics } from "../observability/metrics.ts";
import { watchSystem } from "../observability/system.ts";
import { noFaults } from "../storage/controls.ts";
import { StorageUnavailable } from "../storage/unavailable.ts";
import { recordedLog, testConfiguration } from "./backend.ts";

const away = async (): Promise<never> => {
  throw new StorageUnavailable("database", new Error("there is none in this test"));
};

/** What routes work with, where every store is away: who gets a 503 was let in. */
export function storelessTrading(changes: Partial<Trading> = {}) {
  const configuration = { ...testConfiguration, service: "backend" } as const;
  const { log, lines } = recordedLog(configuration);
  const trading: Trading = {
    configuration,
    log,
    metrics: makeMetrics("backend", "2.1.0"),
    readiness: () => ({ started: true, draining: false }),
    health: async () => ({ database: { status: "healthy", latencyMs: 1 } }),
    system: watchSystem(),
    tokens: makeTokens(configuration.tokenSigningKey, "trading-test"),
    alertWebhookToken: configuration.alertWebhookToken,
    users: { find: away, add: away, list: away },
    orders: { place: away, cancel: away, find: away, list: away },
    backtests: {
      add: away,
      remove: away,
      find: away,
      list: away,
      start: away,
      finish: away,
      silent: away,
      takeSilent: away,
    },
    incidents: { store: away, list: away },
    queue: { add: away },
    controls: { read: away, setLogLevel: away, setFaults: away },
    faults: () => noFaults,
    ...changes,
  };
  return { trading, lines };
}

export const testUser = (role: "trader" | "admin") =>
  ({ id: "3d4c7a3e-6f6c-4c39-9a5a-9a2b0e6b7c11", name: `the-${role}`, role }) as const;
