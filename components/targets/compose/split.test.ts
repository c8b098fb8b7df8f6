import fc from "fast-check";
import { expect, test } from "vitest";
import { beyond, common } from "./split.ts";

type Node = Readonly<Record<string, unknown>>;

/** Maps, lists and texts, with keys that meet often. */
const { node } = fc.letrec<{ node: Node; value: unknown }>((tie) => ({
  node: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { noNullPrototype: true }),
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("x", "y"),
    fc.array(fc.constantFrom("x", "y"), { minLength: 1, maxLength: 2 }),
    fc.uniqueArray(fc.constantFrom({ to: "x" }, { to: "y" }, { to: "z" }), { minLength: 1 }),
    tie("node"),
  ),
}));

const isMap = (value: unknown): value is Node => typeof value === "object" && value !== null && !Array.isArray(value);

/** As Compose does it: maps go into each other, a list is added to one that is there, anything else takes the place. */
function laidOver(base: Node, own: Node): Node {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const there = result[key];
    if (isMap(there) && isMap(value)) result[key] = laidOver(there, value);
    else if (Array.isArray(there) && Array.isArray(value)) result[key] = [...there, ...value];
    else result[key] = value;
  }
  return result;
}

/** Lists of maps have no order. */
const unordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.every(isMap) ? value.map((each) => JSON.stringify(each)).sort() : value;
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unordered(each)])) : value;
};

test("laid over what both have in common, each is whole again", () => {
  fc.assert(
    fc.property(node, node, (one, other) => {
      const base = common(one, other);
      expect(unordered(laidOver(base, beyond(base, one)))).toEqual(unordered(one));
      expect(unordered(laidOver(base, beyond(base, other)))).toEqual(unordered(other));
    }),
  );
});

test("what both say stands in the base alone", () => {
  fc.assert(
    fc.property(node, (one) => {
      expect(common(one, one)).toEqual(one);
      expect(beyond(one, one)).toEqual({});
    }),
  );
});
