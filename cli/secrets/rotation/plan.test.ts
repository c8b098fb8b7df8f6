import { expect, test } from "vitest";
import { planOf } from "./plan.ts";
import { readState, settleStatements, stateQuery } from "./statements.ts";

const database = { user: "trading", name: "trading", management: "own" } as const;

test.each([
  ["the first rotation leaves the user itself", "", "", "owner", { kind: "begin", from: "owner", to: "a" }],
  ["then the two take turns", "login a", "trading_a", "a", { kind: "begin", from: "a", to: "b" }],
  ["and back", "login b", "trading_b", "b", { kind: "begin", from: "b", to: "a" }],
  ["ended before the settings knew it: anew", "login a", "trading_a,trading_b", "a", { kind: "begin", to: "b" }],
  ["ended while consumers moved: on", "login a", "trading_a,trading_b", "b", { kind: "go on", from: "a", to: "b" }],
  ["the first one ended while consumers moved", "", "trading_a", "a", { kind: "go on", from: "owner", to: "a" }],
  ["a database that is new makes the settings' login", "", "", "b", { kind: "make", to: "b" }],
] as const)("%s", (_, comment, open, login, expected) => {
  expect(planOf(readState(database, `${comment}\n${open}`), login)).toMatchObject(expected);
});

test("what names roles is the settings' user, and its password is in no statement", () => {
  expect(stateQuery(database)).toContain("'trading_owner'");
  expect(settleStatements(database, "a", undefined)).toContain("alter role trading password null;");
  expect(settleStatements(database, "owner", undefined)).not.toContain("alter role trading password");
});
