import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { clientRate } from "../../../components/application/gateway-config.ts";

/** What a client saw of its own requests, whatever the servers say. */
export interface Journal {
  readonly sent: number;
  readonly failures: readonly Failure[];
  /** Answers by their body's first line: which version served how often. */
  readonly answers: ReadonlyMap<string, number>;
  /** Milliseconds of the slowest request. */
  readonly slowest: number;
}

export interface Failure {
  readonly method: "GET" | "POST";
  readonly keptAlive: boolean;
  /** Milliseconds since the load began. */
  readonly at: number;
  readonly why: string;
}

export interface Load {
  /** How many requests have been answered or have failed so far. */
  readonly sent: () => number;
  /** Goes on until at least this many were sent. */
  reach(count: number): Promise<void>;
  stop(): Promise<Journal>;
}

/** A customer who waits longer has gone. */
const patience = 5000;

/** Requests a second of all clients together: they share an address, and the gateway refuses what is above its limit for one. */
const pace = clientRate.second * 0.8;

/**
 * Sends requests at a steady pace from some clients: half of them keep their connection, half make a new one each time;
 * each fifth request is a POST with an idempotency key, as orders are placed; no client sends anything twice. Failed is a status of 500 and more, one that was
 * refused as too many (429), a broken connection, or an answer that takes more than five seconds.
 * @param perSecond requests of all clients together; one that waits for its answer does not make up for it later.
 */
export function startLoad(url: string, clients = 16, perSecond = pace): Load {
  const begun = performance.now();
  const failures: Failure[] = [];
  const answers = new Map<string, number>();
  let sent = 0;
  let slowest = 0;
  let stopped = false;
  const period = (clients * 1000) / perSecond;

  const client = async (index: number): Promise<void> => {
    const keptAlive = index % 2 === 0;
    const agent = new Agent({ keepAlive: keptAlive, maxSockets: 1 });
    for (let count = 0; !stopped; count++) {
      const method = count % 5 === 4 ? "POST" : "GET";
      const started = performance.now();
      const { why, answer } = await ask(url, method, agent);
      const took = performance.now() - started;
      slowest = Math.max(slowest, took);
      sent += 1;
      const reason = why ?? (took > patience ? `took ${Math.round(took)} ms` : undefined);
      if (reason !== undefined) failures.push({ method, keptAlive, at: Math.round(started - begun), why: reason });
      else answers.set(answer, (answers.get(answer) ?? 0) + 1);
      await delay(Math.max(0, period - took));
    }
    agent.destroy();
  };

  const working = Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  return {
    sent: () => sent,
    reach: async (count) => {
      while (sent < count) await delay(50);
    },
    stop: async () => {
      stopped = true;
      await working;
      return { sent, failures, answers, slowest: Math.round(slowest) };
    },
  };
}

interface Outcome {
  readonly why: string | undefined;
  readonly answer: string;
}

function ask(url: string, method: "GET" | "POST", agent: Agent): Promise<Outcome> {
  return new Promise((resolve) => {
    const broken = (error: NodeJS.ErrnoException): void => resolve({ why: error.code ?? error.message, answer: "" });
    const headers = method === "POST" ? { "Idempotency-Key": randomUUID() } : {};
    const sending = request(url, { method, agent, headers, timeout: patience * 2 }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("error", broken);
      response.on("end", () => {
        const { statusCode = 0 } = response;
        const why = statusCode >= 500 || statusCode === 429 ? `status ${statusCode}` : undefined;
        resolve({ why, answer: body.split("\n")[0] ?? "" });
      });
    });
    sending.on("timeout", () => sending.destroy(new Error("no answer")));
    sending.on("error", broken);
    sending.end(method === "POST" ? JSON.stringify({ order: 1 }) : undefined);
  });
}
