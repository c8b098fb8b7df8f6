import type { z } from "zod";

/** What a receiver answers, and the message where it took it. */
export interface Verdict<Message> {
  readonly status: number;
  readonly body: string;
  readonly type: "text/plain" | "application/json";
  readonly message?: Message;
}

export const text = <Message>(status: number, body: string, message?: Message): Verdict<Message> => ({
  status,
  body,
  type: "text/plain",
  ...(message === undefined ? {} : { message }),
});

export const json = <Message>(status: number, body: object, message?: Message): Verdict<Message> => ({
  ...text(status, JSON.stringify(body), message),
  type: "application/json",
});

/** The value of a JSON text; undefined for what is none. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** What a schema has against a value, one line each, as `payload.severity: …`. */
export const against = ({ issues }: z.ZodError): readonly string[] =>
  issues.map(({ path, message }) => `${path.map(String).join(".")}: ${message}`);
