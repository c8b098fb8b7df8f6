import { expect, test } from "vitest";
import { median, pairs } from "./bench.ts";

test("the median is the value in the middle", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2);
  expect(() => median([])).toThrow(RangeError);
});

test("pairs run in turn, and the first round does not count", async () => {
  const order: string[] = [];
  const say = (word: string) => async () => {
    order.push(word);
    return word;
  };
  expect(await pairs(2, say("a"), say("b"))).toEqual([
    ["a", "b"],
    ["a", "b"],
  ]);
  expect(order.join("")).toBe("ababab");
});
