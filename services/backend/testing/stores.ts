import { migrate } from "../storage/migrate.ts";
import { migrations } from "../storage/migrations/index.ts";
import { openStores, type Stores } from "../storage/stores.ts";
import { testConfiguration } from "./backend.ts";
import type { TestServers } from "./servers.ts";

/** A worker's stores on a test's servers, with every migration, and somebody whose orders and backtests they hold. */
export async function openedStores({
  postgres,
  redis,
}: TestServers): Promise<{ readonly stores: Stores; readonly userId: string }> {
  const stated = { database: postgres.configuration, cache: redis.configuration };
  const configuration = { ...testConfiguration, ...stated, service: "worker" as const };
  await migrate(configuration, migrations);
  const stores = openStores(configuration, () => () => {});
  return { stores, userId: (await stores.users.add("ann", "", "trader"))?.id ?? "" };
}
