import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recordedLog, testConfiguration } from "../testing/backend.ts";
import { readable } from "./console-format.ts";
import { correlationIdFrom, inContext } from "./context.ts";
import { redact } from "./redact.ts";

const make = (level: "DEBUG" | "INFO" | "WARNING" | "ERROR") =>
  recordedLog({ ...testConfiguration, service: "backend", log: { level, format: "json" } });

test("a line says when, how bad, who, for whom, and what [requirement log/json, log/correlation-id, log/user, log/service, log/timestamp, file/logging]", () => {
  const { log, lines } = make("INFO");
  const user = { id: "u1", name: "ann", role: "trader" } as const;
  inContext({ correlationId: "abcdefgh", user }, () => log.at.warn({ event: "x", order_id: "o1" }, "hello"));
  expect(lines).toEqual([
    {
      level: "WARNING",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      service: "backend",
      version: "2.1.0",
      environment: "development",
      instance: "test",
      correlation_id: "abcdefgh",
      user_id: "u1",
      user_name: "ann",
      user_role: "trader",
      event: "x",
      order_id: "o1",
      message: "hello",
    },
  ]);
});

test("the level holds, can be changed at run time, and does not hold for what is always told", () => {
  const { log, lines } = make("WARNING");
  log.at.info({}, "unheard");
  log.always.info({}, "audit");
  log.setLevel("DEBUG");
  log.at.debug({}, "heard");
  expect(lines.map(({ message }) => message)).toEqual(["audit", "heard"]);
  expect(log.level()).toBe("DEBUG");
});

test("an exception is told with type, message, stack and cause, without secrets [requirement log/exception]", () => {
  const { log, lines } = make("ERROR");
  const cause = Object.assign(new TypeError("cannot reach postgres://trading:hunter2@database/trading"), {
    code: "E1",
  });
  log.at.error({ exception: new Error("it failed", { cause }) }, "broken");
  expect(lines[0]?.exception).toMatchObject({
    type: "Error",
    message: "it failed",
    stack: expect.stringContaining("log.test.ts"),
    cause: { type: "TypeError", code: "E1", message: "cannot reach postgres://[redacted]@database/trading" },
  });
  expect(JSON.stringify(lines)).not.toContain("hunter2");
});

describe("secrets", () => {
  test("never reach a line, wherever their key stands", () => {
    const key = fc.constantFrom(
      "password",
      "dbPassword",
      "token",
      "Authorization",
      "api_key",
      "signingKey",
      "clientSecret",
    );
    fc.assert(
      fc.property(key, fc.array(fc.constantFrom("a", "b", "list"), { maxLength: 4 }), (name, path) => {
        const { log, lines } = make("INFO");
        const value = path.reduce<unknown>((inner, step) => (step === "list" ? [inner] : { [step]: inner }), {
          [name]: "hunter2",
        });
        log.at.info({ value }, "Authorization: Bearer hunter2");
        expect(JSON.stringify(lines)).not.toContain("hunter2");
        expect(JSON.stringify(lines)).toContain("[redacted]");
      }),
    );
  });
  test("what is endless ends", () => {
    const endless: Record<string, unknown> = {};
    endless.self = endless;
    expect(JSON.stringify(redact(endless))).toContain("[deeper]");
  });
});

test("for a developer it is text, with the stack below [requirement log/console]", () => {
  const line = JSON.stringify({
    level: "ERROR",
    timestamp: "2026-01-02T03:04:05.678Z",
    service: "backend",
    message: "broken",
    order_id: "o1",
    exception: { stack: "Error: x\n    at y", cause: { message: "z" } },
  });
  expect(readable(line)).toBe(
    "03:04:05.678 ERROR   broken order_id=o1\n    Error: x\n        at y\n    caused by:\n    z\n",
  );
});

test("a client's correlation id is taken if it is sane", () => {
  expect(correlationIdFrom("abc-DEF_123")).toBe("abc-DEF_123");
  for (const bad of [undefined, "", "short", "x".repeat(65), "semi;colon", "'; drop table", ["abcdefgh", "abcdefgh"]]) {
    expect(correlationIdFrom(bad)).toMatch(/^[0-9a-f-]{36}$/);
  }
});
