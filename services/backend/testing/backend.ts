import { setTimeout as delay } from "node:timers/promises";
import type { Configuration, Service } from "../configuration.ts";
import { type Log, makeLog } from "../observability/log.ts";
import { type Running, start } from "../start.ts";

/** Everything that tests configure alike; stores come from servers.ts. */
export const testConfiguration = {
  port: 0,
  environment: "development",
  version: "2.1.0",
  instance: "test",
  log: { level: "WARNING", format: "json" },
  tokenSigningKey: "a-signing-key-of-a-test-with-32-characters",
  alertWebhookToken: "webhook-token",
  adminPassword: "the-admins-password",
  faults: false,
  mutual: undefined,
} as const;

export interface TestProcess extends Running {
  readonly url: string;
  /** Lines of its log, read. */
  readonly lines: readonly Record<string, unknown>[];
  readonly log: Log;
}

type Stores = Pick<Configuration, "database" | "cache">;

/** A backend or worker in this process, with real connections, that drains no time. */
export async function startProcess(
  service: Service,
  stores: Stores,
  changes: Partial<Configuration> = {},
  drainMs = 0,
): Promise<TestProcess> {
  const configuration: Configuration = { ...testConfiguration, ...stores, service, ...changes };
  const { log, lines } = recordedLog(configuration);
  const running = await start(configuration, log, new AbortController().signal, drainMs);
  return { ...running, url: `http://127.0.0.1:${running.port}/api/v1`, lines, log };
}

export function recordedLog(
  configuration: Pick<Configuration, "service" | "version" | "environment" | "instance" | "log">,
) {
  const lines: Record<string, unknown>[] = [];
  const log = makeLog(configuration, { write: (line) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

/** Asks until something is so; throws after 20 s. */
export async function eventually<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  const until = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    if (Date.now() > until) throw new Error(`still ${JSON.stringify(answer)} after 20 s`);
    await delay(50);
  }
}

/** What a route answers, its body read as JSON where it is. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

interface Asked {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request; a body is sent as JSON. */
export async function ask(url: string, method = "GET", { token, body, headers }: Asked = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

export async function logIn(url: string, username: string, password: string): Promise<string> {
  const { status, body } = await ask(`${url}/auth/login`, "POST", { body: { username, password } });
  if (status !== 200) throw new Error(`login: ${status} ${JSON.stringify(body)}`);
  return body.token;
}
