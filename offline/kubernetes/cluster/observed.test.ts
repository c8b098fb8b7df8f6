import fc from "fast-check";
import { expect, test } from "vitest";
import { type Properties, secret, type Value } from "../../value.ts";
import { observedInputs } from "./observed.ts";
import { fieldManagerIn, outputsOf } from "./outputs.ts";

const base64 = (value: string) => Buffer.from(value).toString("base64");

test("what the server writes in its own way is no change", () => {
  const inputs = { spec: { limits: { cpu: "0.5" }, replicas: 2 } };
  const there = { spec: { limits: { cpu: "500m" }, replicas: 2, filledIn: true }, status: {} };
  expect(observedInputs(inputs, there, there)).toEqual(inputs);
});

test("what was changed, added into or taken away by hand shows, at its place", () => {
  const inputs = {
    metadata: { labels: { a: "1", b: "2" } },
    spec: { replicas: 2, list: [{ x: 1 }, { x: 2 }], args: ["a"] },
  };
  const live = {
    metadata: { labels: { a: "9" } },
    spec: { replicas: 5, list: [{ x: 1 }, { x: 3 }], args: ["a", "b"] },
  };
  expect(observedInputs(inputs, inputs, live)).toEqual({
    metadata: { labels: { a: "9" } },
    spec: { replicas: 5, list: [{ x: 1 }, { x: 3 }], args: ["a", "b"] },
  });
});

test("a Secret's text is compared with what the server keeps of it, and stays secret", () => {
  const inputs = { kind: "Secret", stringData: { a: secret("one"), b: "two", c: "three" } };
  const wanted = { kind: "Secret", data: { a: base64("one"), b: base64("two"), c: base64("three") } };
  expect(observedInputs(inputs, wanted, wanted)).toEqual(inputs);
  const live = { kind: "Secret", data: { a: base64("other"), b: base64("two") } };
  expect(observedInputs(inputs, wanted, live).stringData).toEqual({ a: secret("other"), b: "two" });
});

/** Objects as programs write them: no nulls, which the server does not keep. */
const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1 }), tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
const objects: fc.Arbitrary<Properties> = fc.dictionary(fc.constantFrom("spec", "data", "metadata"), values, {
  noNullPrototype: true,
});

test("for any object: there as asked for, nothing differs; the next look after a change takes that for asked", () => {
  fc.assert(
    fc.property(objects, objects, (inputs, live) => {
      expect(observedInputs(inputs, inputs, inputs)).toEqual(inputs);
      const seen = observedInputs(inputs, inputs, live);
      expect(observedInputs(seen, seen, live)).toEqual(seen);
    }),
  );
});

test("outputs are as secret as the inputs, a Secret's content always, and noted for the official plugin", () => {
  const inputs = { kind: "ConfigMap", data: { a: secret("x") } };
  const live = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "n", managedFields: [{}] },
    data: { a: "x", b: "y" },
  };
  const outputs = outputsOf(live, inputs, "pulumi-kubernetes-1");
  expect(outputs).toMatchObject({ data: { a: secret("x"), b: "y" }, __inputs: inputs, __initialApiVersion: "v1" });
  expect(outputs.metadata).toEqual({ name: "n" });
  expect(fieldManagerIn(outputs)).toBe("pulumi-kubernetes-1");
  const plain = { kind: "Secret", stringData: { a: "x" } };
  const hidden = outputsOf({ apiVersion: "v1", kind: "Secret", data: { a: base64("x") } }, plain, "m");
  expect(hidden).toMatchObject({ data: secret({ a: base64("x") }), __inputs: { stringData: secret({ a: "x" }) } });
});
