import fc from "fast-check";
import { expect, test } from "vitest";
import { runSideBySide, sideBySide } from "./concurrency.ts";

test("never more than the limit at a time, every task once, results in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 8 }), fc.integer({ min: 1, max: 5 }), async (delays, limit) => {
      let running = 0;
      let most = 0;
      const tasks = delays.map((delay, index) => async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, delay));
        running -= 1;
        return index;
      });
      expect(await runSideBySide(tasks, limit)).toEqual(delays.map((_, index) => index));
      expect(most).toBe(Math.min(limit, delays.length));
    }),
    { numRuns: 30 },
  );
});

test("one that fails ends the whole", async () => {
  await expect(runSideBySide([async () => 1, async () => Promise.reject(new Error("no"))], 1)).rejects.toThrow("no");
});

test("cores and memory limit it, and one always runs", () => {
  const gigabyte = 1024 ** 3;
  expect(sideBySide(8, 64 * gigabyte)).toBe(8);
  expect(sideBySide(8, 2 * gigabyte)).toBe(2);
  expect(sideBySide(1, 0.1 * gigabyte)).toBe(1);
});
