import { unknownCheckingProxy } from "@pulumi/policy";
import { expect, test } from "vitest";
import { fromSdk } from "./sdk-values.ts";
import { UNKNOWN } from "./values.ts";

// The engine's marks of an unknown string and an unknown object; @pulumi/policy keeps them in proxy.js.
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWN_OBJECT = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";

test("what the SDK's proxy refuses to read becomes unknown in its place, and the rest is kept", () => {
  const properties = unknownCheckingProxy({
    name: "api",
    arn: UNKNOWN_STRING,
    spec: { ports: [80, UNKNOWN_STRING, { host: UNKNOWN_OBJECT }], empty: null, on: false },
  });
  expect(fromSdk(properties)).toEqual({
    name: "api",
    arn: UNKNOWN,
    spec: { ports: [80, UNKNOWN, { host: UNKNOWN }], empty: null, on: false },
  });
});

test("an error that is none of the proxy's is not swallowed", () => {
  const broken = {
    get name(): string {
      throw new TypeError("broken");
    },
  };
  expect(() => fromSdk(broken)).toThrow("broken");
});
