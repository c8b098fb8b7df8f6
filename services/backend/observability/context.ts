import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

/** On whose behalf something is done: goes along with every log line, SQL statement and queue entry of it. */
export interface Context {
  readonly correlationId: string;
  readonly user?: User;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

export const roles = ["trader", "admin"] as const;
export type Role = (typeof roles)[number];

const storage = new AsyncLocalStorage<Context>();

/** Of what is being done right now; undefined outside of requests and jobs. */
export const currentContext = (): Context | undefined => storage.getStore();

/** Runs something, and whatever it starts, in a context. */
export const inContext = <T>(context: Context, action: () => T): T => storage.run(context, action);

/** As the gateway has it (components/application/gateway-config.ts): such an id can stand anywhere without quoting. */
const sane = /^[A-Za-z0-9_-]{8,64}$/;

/** The id that came from outside (a client, the outbox, the queue), if it is sane; else a new one. */
export const correlationIdFrom = (sent: string | readonly string[] | undefined): string =>
  typeof sent === "string" && sane.test(sent) ? sent : newCorrelationId();

export const newCorrelationId = (): string => randomUUID();
