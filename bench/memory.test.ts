import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { memoryBelow, peakMemory } from "./memory.ts";

const megabyte = 1024 * 1024;

test("children and their children count, strangers and the process itself do not", () => {
  const all = new Map([
    [1, { parent: 0, resident: 1000 }],
    [2, { parent: 1, resident: 100 }],
    [3, { parent: 2, resident: 10 }],
    [4, { parent: 9, resident: 1 }],
  ]);
  expect(memoryBelow(1, all)).toBe(110);
});

test.skipIf(process.platform !== "linux")("sees what a child holds for a moment", async () => {
  const holding = (bytes: number) => () =>
    new Promise((resolve) =>
      spawn(process.execPath, ["-e", `const b = Buffer.alloc(${bytes}, 1); setTimeout(() => b.at(0), 400)`]).on(
        "close",
        resolve,
      ),
    );
  const [small, large] = [await peakMemory(holding(1)), await peakMemory(holding(200 * megabyte))];
  expect((large - small) / megabyte).toBeGreaterThan(150);
});
