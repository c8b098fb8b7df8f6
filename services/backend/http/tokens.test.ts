import { createSigner } from "fast-jwt";
import { afterEach, expect, test, vi } from "vitest";
import { makeTokens } from "./tokens.ts";

const key = "k".repeat(32);
const tokens = makeTokens(key, "trading-test");
const user = { id: "3d4c7a3e-6f6c-4c39-9a5a-9a2b0e6b7c11", name: "ann", role: "trader" } as const;
const claims = { sub: user.id, name: "ann", role: "admin", iss: "trading-test" };

test("a token says who somebody is, for an hour", () => {
  const { token, expiresAt } = tokens.make(user);
  expect(tokens.userOf(token)).toEqual(user);
  expect(expiresAt.getTime() - Date.now()).toBeGreaterThan(3_590_000);
});

afterEach(() => {
  vi.useRealTimers();
});

test("what a clock that was ahead took for over holds again once the clock is right", () => {
  const { token } = tokens.make(user);
  const now = Date.now();
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(now + 3 * 3_600_000);
  expect(tokens.userOf(token)).toBeUndefined();
  vi.setSystemTime(now);
  expect(tokens.userOf(token)).toEqual(user);
});

const [head, body, signature] = tokens.make(user).token.split(".");
const admin = Buffer.from(JSON.stringify({ ...claims, exp: 9_999_999_999 })).toString("base64url");

test.each([
  ["nothing", ""],
  ["no token", "abc"],
  ["other claims under the signature", `${head}.${admin}.${signature}`],
  ["no signature", `${head}.${body}.`],
  ["the algorithm none", `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${admin}.`],
  ["another key", createSigner({ key: "x".repeat(32), iss: "trading-test", expiresIn: 1000 })(claims)],
  ["another environment's", makeTokens(key, "trading-production").make(user).token],
  ["one without an end", createSigner({ key })(claims)],
  ["one that is over", createSigner({ key, expiresIn: 1000, clockTimestamp: Date.now() - 10_000 })(claims)],
  ["no role of ours", createSigner({ key, expiresIn: 60_000 })({ ...claims, role: "root" })],
])("%s opens nothing", (_, token) => {
  expect(tokens.userOf(token)).toBeUndefined();
});
