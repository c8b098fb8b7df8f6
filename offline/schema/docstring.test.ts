import { describe, expect, test } from "vitest";
import { documentedValues } from "./docstring.ts";

describe("values", () => {
  test.each([
    ["Mode. Valid values are `a`, `b` and `c`.", ["a", "b", "c"]],
    ["Valid values: `host`, `task`, `none`.", ["host", "task", "none"]],
    ["Scheduling strategy. The valid values are `REPLICA` and `DAEMON`. Defaults to `REPLICA`.", ["REPLICA", "DAEMON"]],
    ["Must be one of: `MUTABLE`, `IMMUTABLE`, or `X`. Defaults to `MUTABLE`.", ["MUTABLE", "IMMUTABLE", "X"]],
  ])("%s", (text, values) => {
    expect(documentedValues(text)).toEqual(values);
  });

  test.each([
    "For Network Load Balancers, valid values are `TCP`, `TLS`.",
    "Valid values are `7`, `731` (2 years) or a multiple of `31`.",
    "Valid values are between `0` and `86400`.",
    "Valid values include `a` and `b`.",
    "Valid values are `a`, `b`. For others, the following holds. Valid values are `c`, `d`.",
  ])("no complete list: %s", (text) => {
    expect(documentedValues(text)).toBeUndefined();
  });
});
