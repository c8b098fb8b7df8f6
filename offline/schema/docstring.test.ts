import { describe, expect, test } from "vitest";
import { documentedFacts } from "./docstring.ts";

describe("values", () => {
  test.each([
    ["Mode. Valid values are `a`, `b` and `c`.", ["a", "b", "c"]],
    ["Valid values: `host`, `task`, `none`.", ["host", "task", "none"]],
    ["Scheduling strategy. The valid values are `REPLICA` and `DAEMON`. Defaults to `REPLICA`.", ["REPLICA", "DAEMON"]],
    ["Must be one of: `MUTABLE`, `IMMUTABLE`, or `X`. Defaults to `MUTABLE`.", ["MUTABLE", "IMMUTABLE", "X"]],
  ])("%s", (text, values) => {
    expect(documentedFacts(text).values).toEqual(values);
  });

  test.each([
    "For Network Load Balancers, valid values are `TCP`, `TLS`.",
    "Valid values are `7`, `731` (2 years) or a multiple of `31`.",
    "Valid values are between `0` and `86400`.",
    "Valid values include `a` and `b`.",
    "Valid values are `a`, `b`. For others, the following holds. Valid values are `c`, `d`.",
  ])("no complete list: %s", (text) => {
    expect(documentedFacts(text).values).toBeUndefined();
  });
});

describe("replacement", () => {
  test.each([
    "Changing this forces a new resource to be created.",
    "Name. Forces new resource.",
    "Changing the `x` forces a new resource.",
  ])("%s", (text) => {
    expect(documentedFacts(text).forcesNew).toBe(true);
  });

  test.each([
    "Removing this forces a new resource.",
    "Enable to force a new task deployment of the service.",
    "A new one.",
  ])("not: %s", (text) => {
    expect(documentedFacts(text).forcesNew).toBe(false);
  });
});
