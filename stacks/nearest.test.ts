import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, nearest } from "./nearest.ts";

test("finds what was meant, and nothing where nothing is near", () => {
  expect(nearest("previw", ["preview", "up", "destroy"])).toBe("preview");
  expect(nearest("xyzzy", ["preview", "up", "destroy"])).toBeUndefined();
});

test("the distance is symmetric, zero only for the same word, and at most the longer word", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      const distance = editDistance(a, b);
      expect(distance).toBe(editDistance(b, a));
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
