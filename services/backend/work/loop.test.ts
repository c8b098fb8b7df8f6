import { expect, test } from "vitest";
import { startLoop } from "./loop.ts";

test("it goes on after an error, and a stop waits for what is being done", async () => {
  const errors: unknown[] = [];
  const begun = Promise.withResolvers<void>();
  const may = Promise.withResolvers<void>();
  let turns = 0;
  let finished = false;
  const loop = startLoop(
    async () => {
      turns += 1;
      if (turns === 1) throw new Error("once");
      begun.resolve();
      await may.promise;
      finished = true;
      return "more";
    },
    { pauseMs: 1, onError: (error) => errors.push(error) },
  );
  await begun.promise;
  const stopped = loop.stop();
  may.resolve();
  await stopped;
  expect(finished).toBe(true);
  expect(errors).toHaveLength(1);
  const before = turns;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(turns).toBe(before);
});
