import { type Backtests, backtestsIn } from "./backtests.ts";
import { asking, type CacheClient, openCache } from "./cache.ts";
import { type ControlStore, controlsIn } from "./controls.ts";
import { type Database, type DatabaseClient, openDatabase } from "./database.ts";
import { type ExchangeBook, exchangeBookIn } from "./exchange-book.ts";
import { type Incidents, incidentsIn } from "./incidents.ts";
import { type Orders, ordersIn } from "./orders.ts";
import { type Outbox, outboxIn } from "./outbox.ts";
import { type Queue, queueIn } from "./queue.ts";
import { type Users, usersIn } from "./users.ts";

/** Everything that is kept, over one pool of connections to PostgreSQL and two connections to Redis. */
export interface Stores {
  readonly database: Database;
  readonly users: Users;
  readonly orders: Orders;
  readonly outbox: Outbox;
  readonly exchangeBook: ExchangeBook;
  readonly backtests: Backtests;
  readonly incidents: Incidents;
  readonly queue: Queue;
  readonly controls: ControlStore;
  pingDatabase(): Promise<unknown>;
  pingCache(): Promise<unknown>;
  close(): Promise<void>;
}

/** @param onError what is done when a connection breaks, by what it leads to. */
export function openStores(
  configuration: DatabaseClient & CacheClient,
  onError: (what: "database" | "cache") => (error: Error) => void,
): Stores {
  const database = openDatabase(configuration, onError("database"));
  const redis = openCache(configuration, onError("cache"));
  const blocking = openCache(configuration, onError("cache"), "blocking");
  return {
    database,
    users: usersIn(database),
    orders: ordersIn(database),
    outbox: outboxIn(database),
    exchangeBook: exchangeBookIn(database),
    backtests: backtestsIn(database),
    incidents: incidentsIn(database),
    queue: queueIn(redis, blocking),
    controls: controlsIn(redis),
    pingDatabase: () => database.query("select 1"),
    pingCache: () => asking(() => redis.ping()),
    close: async () => {
      redis.disconnect();
      blocking.disconnect();
      await database.close();
    },
  };
}
