import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import type { Service } from "../../../../services/backend/configuration.ts";
import {
  ask,
  eventually,
  logIn,
  type TestProcess,
  testConfiguration,
} from "../../../../services/backend/testing/backend.ts";

/** Starts one more instance with the login and the password that are in force. */
type StartInstance = (service: Service) => Promise<TestProcess>;

/** Milliseconds that a backend answers after readiness is off: as long as its clients here need to hear of it. */
export const drainMs = 500;

/** Who logs in to the database: three backends and a worker, replaced one by one. */
export class Consumers {
  readonly #startInstance: StartInstance;
  #serving: readonly TestProcess[];
  #worker: TestProcess;

  private constructor(startInstance: StartInstance, serving: readonly TestProcess[], worker: TestProcess) {
    this.#startInstance = startInstance;
    this.#serving = serving;
    this.#worker = worker;
  }

  static async start(startInstance: StartInstance): Promise<Consumers> {
    const serving = await Promise.all([1, 2, 3].map(() => startInstance("backend")));
    return new Consumers(startInstance, serving, await startInstance("worker"));
  }

  /** Backends that take requests. */
  get serving(): readonly TestProcess[] {
    return this.#serving;
  }

  /** One new instance at a time, none missing, as every target rolls: requests go to who is ready. */
  async roll(): Promise<void> {
    for (const old of this.#serving) {
      const fresh = await this.#startInstance("backend");
      this.#serving = [...this.#serving.filter((each) => each !== old), fresh];
      await old.stop();
    }
    const before = this.#worker;
    this.#worker = await this.#startInstance("worker");
    await before.stop();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#worker, ...this.#serving].map((each) => each.stop()));
  }
}

/** What clients saw while something was done. */
export interface Seen {
  readonly answered: number;
  /** One line for each request that was not answered as it should be. */
  readonly failed: readonly string[];
  /** Orders' ids. */
  readonly placed: readonly string[];
}

/** Has four clients place and list orders, each waiting `betweenMs` after an answer, for as long as `work` takes. */
export async function underLoad(consumers: Consumers, betweenMs: number, work: () => Promise<void>): Promise<Seen> {
  const token = await logIn(consumers.serving[0]?.url ?? "", "admin", testConfiguration.adminPassword);
  const failed: string[] = [];
  const placed: string[] = [];
  let answered = 0;
  let isOver = false;
  const order = { symbol: "ACME", side: "buy", quantity: 1 };
  const requests: readonly (readonly [path: string, body?: unknown])[] = [
    ["/orders", order],
    ["/orders"],
    ["/health/ready"],
  ];
  const client = async (): Promise<void> => {
    for (let turn = 0; !isOver; turn += 1) {
      const [path, body] = requests[turn % requests.length] ?? ["/health/ready"];
      const { serving } = consumers;
      const url = `${serving[turn % serving.length]?.url}${path}`;
      const asked = { token, body, headers: { "idempotency-key": randomUUID() } };
      const said = await ask(url, body === undefined ? "GET" : "POST", asked).catch((error: unknown) => ({
        status: 0,
        body: error instanceof Error ? String(error.cause ?? error) : error,
      }));
      answered += 1;
      if (said.status === 201) placed.push(said.body.id);
      else if (said.status !== 200) failed.push(`${path}: ${said.status} ${JSON.stringify(said.body)}`);
      await delay(betweenMs);
    }
  };
  const load = Array.from({ length: 4 }, client);
  try {
    await work();
  } finally {
    isOver = true;
    await Promise.all(load);
  }
  return { answered, failed, placed };
}

/** How many orders were executed, once none waits any more. Ends the connection. */
export async function executedOrders(database: pg.Client): Promise<number> {
  try {
    await eventually(
      async () => (await database.query("select state from orders where state in ('accepted', 'executing')")).rows,
      (rows) => rows.length === 0,
    );
    const { rows } = await database.query("select count(*) from orders where state = 'executed'");
    return Number(rows[0].count);
  } finally {
    await database.end();
  }
}
