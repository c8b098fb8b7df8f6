import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Step } from "../result.ts";
import { propertyLine, treeLines } from "./tree.ts";

const step = (name: string, parent: string, more: Partial<Step> = {}): Step => ({
  urn: name,
  type: "t",
  name,
  parent,
  change: "create",
  state: "planned",
  properties: [],
  inputs: {},
  ...more,
});

test("children stand under their parent, new ones with their inputs, changed ones with what changes", () => {
  const image = { path: "image", kind: "update", forcesReplacement: true, before: "a:1", after: "a:2" } as const;
  const lines = treeLines([
    step("stack", "", { type: "pulumi:pulumi:Stack" }),
    step("group", "stack", { inputs: { size: 2, __internal: "x" } }),
    step("member", "group", { change: "replace", properties: [image], inputs: { image: "a:2" } }),
    step("provider", "stack", { type: "pulumi:providers:docker", change: "same" }),
  ]);
  expect(lines).toEqual([
    "+ stack  pulumi:pulumi:Stack",
    "  + group  t",
    "        size: 2",
    "    ± member  t",
    '          image: "a:1" → "a:2" (forces replacement)',
    "    provider  pulumi:providers:docker",
  ]);
});

describe("a property's change", () => {
  const change = (before: unknown, after: unknown) =>
    propertyLine({ path: "p", kind: "update", forcesReplacement: false, before, after });

  test("an added, a removed, and one that is known only later", () => {
    expect(propertyLine({ path: "p", kind: "add", forcesReplacement: false, after: 1 })).toBe("p: + 1");
    expect(propertyLine({ path: "p", kind: "delete", forcesReplacement: true, before: 1 })).toBe(
      "p: - 1 (forces replacement)",
    );
    expect(change("a", "04da6b54-80e4-46f7-96ec-b56ff0331ba9")).toBe('p: "a" → (known after up)');
  });

  test("of long values only the place where they differ", () => {
    const definition = (time: string) => `${"x".repeat(200)}--retention=${time}${"y".repeat(200)}`;
    expect(change(definition("2d"), definition("9d"))).toBe(
      "p: …xxxxxxxx--retention=2dyyyyyyyyyyyyyyyyyyy… → …xxxxxxxx--retention=9dyyyyyyyyyyyyyyyyyyy…",
    );
  });

  test("is never much longer than a line, and different values never look the same for want of context", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 400 }),
        fc.string({ maxLength: 60 }),
        fc.string({ maxLength: 60 }),
        (shared, a, b) => {
          const line = change(shared + a + shared, shared + b + shared);
          expect(line.length).toBeLessThan(250);
          const [before, after] = line.slice(3).split(" → ");
          if (a !== b && !(shared + a + b).includes(" → ")) expect(before).not.toBe(after);
        },
      ),
    );
  });
});
