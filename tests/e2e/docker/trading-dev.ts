import { expect } from "vitest";
import { runIn } from "../../../cli/docker/exec.ts";
import { developerHome, keptSecrets } from "../../../cli/engine/developer/home.ts";
import { at, list } from "../../support/json.ts";
import { until } from "../../support/process.ts";
import { balance, type OrderJournal, storedOrders } from "../support/order-clients.ts";
import { type Breaking, breakingOn } from "./breaking.ts";
import { type WithDev, withDev } from "./with-dev.ts";

/** A whole dev that trades: everything runs, orders can be placed, and everybody who would be told can be asked. */
export interface TradingDev extends WithDev {
  readonly breaking: Breaking;
  /** Where customers come in; the loopback ports are elsewhere. */
  readonly publicAddress: string;
  /** Of the API at the gateway, with its version. */
  readonly api: string;
  /** A fresh one: they last an hour, and some tests longer. */
  token(): Promise<string>;
  asked(path: string, init?: { readonly method?: string; readonly body?: object }): Promise<Response>;
  /** What Prometheus answers. */
  measured(path: string): Promise<unknown>;
  /** Names of the alerts that a channel has told since then; without a channel: that any has. */
  told(since: Date, channel?: string): Promise<readonly string[]>;
  untilAnswered(path: string): Promise<void>;
  /** What PostgreSQL answers: a line a row, its columns apart by a bar. */
  stored(sql: string): Promise<string>;
  /** Every order of the journal is stored once, and comes to its end. */
  requireOrders(journal: OrderJournal, symbol: string): Promise<void>;
}

interface Addresses {
  readonly loopback: string;
  readonly public: string;
}

/**
 * Tests of one, with faults that can be switched on.
 * @param more what stands in its stack file beside the addresses, in place of that.
 */
export function withTradingDev(
  title: string,
  addresses: Addresses,
  tests: (the: TradingDev) => void,
  more: Readonly<Record<string, unknown>> = { "trading-platform:backend": { faults: true } },
): Promise<void> {
  const settings = {
    "trading-platform:docker": { loopbackAddress: addresses.loopback, publicAddress: addresses.public },
    ...more,
  };
  const options = { address: addresses.loopback, settings, onThisHost: true, timeout: 3_600_000 };
  return withDev(title, options, (the) => tests(tradingDev(the, addresses.public)));
}

function tradingDev(the: WithDev, publicAddress: string): TradingDev {
  const api = `http://${publicAddress}/api/v1`;
  const asked: TradingDev["asked"] = async (path, { method = "GET", body } = {}) =>
    fetch(`${api}${path}`, {
      method,
      headers: { authorization: `Bearer ${await token()}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
  let known: { readonly token: string; readonly until: number } | undefined;
  const token = async (): Promise<string> => {
    if (known !== undefined && known.until > Date.now()) return known.token;
    const { applicationAdminPassword: password } = await keptSecrets(developerHome());
    const answer = await fetch(`${api}/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username: "admin", password }),
    });
    known = { token: String(at(await answer.json(), "token")), until: Date.now() + 600_000 };
    return known.token;
  };
  return {
    get dev() {
      return the.dev;
    },
    get docker() {
      return the.docker;
    },
    get saidByUp() {
      return the.saidByUp;
    },
    get breaking() {
      return breakingOn(the.docker);
    },
    publicAddress,
    api,
    token,
    asked,
    measured: async (path) => (await fetch(`http://${the.dev.address}:9090${path}`)).json(),
    told: async (since, channel) => {
      const query = new URLSearchParams({ since: since.toISOString(), ...(channel === undefined ? {} : { channel }) });
      const answer = await fetch(`http://${the.dev.address}:8082/messages?${query}`);
      const names = list(await answer.json()).flatMap((message) => list(at(message, "firing")).map(String));
      return [...new Set(names)].sort();
    },
    untilAnswered: async (path) => {
      await until(`${path} is answered`, async () => ((await asked(path)).ok ? true : undefined));
    },
    stored: async (sql) => {
      const words = ["psql", "--no-psqlrc", "-qAtX", "-U", "trading", "-d", "trading", "-c", sql];
      return (await runIn(await breakingOn(the.docker).container("database"), words)).trim();
    },
    requireOrders: async ({ acknowledged }, symbol) => {
      expect(acknowledged.filter(({ ids }) => ids.size !== 1)).toEqual([]);
      const stored = await until("all orders are executed", async () => {
        const found = await storedOrders(api, await token(), symbol);
        return found.every(({ state }) => state === "executed") ? found : undefined;
      });
      expect(balance({ acknowledged }, stored)).toEqual({ lost: 0, doubled: 0 });
    },
  };
}
