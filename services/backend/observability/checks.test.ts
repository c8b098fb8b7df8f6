import { expect, test } from "vitest";
import { cachedChecks } from "./checks.ts";

const never = () => new Promise<never>(() => {});

test("parts are asked at once, and each is told of by itself", async () => {
  const failures: string[] = [];
  let together = 0;
  const both = Promise.withResolvers<void>();
  const meet = async () => {
    together += 1;
    if (together === 2) both.resolve();
    // Asked one after the other, the first would wait for ever.
    await both.promise;
  };
  const ask = cachedChecks(
    { one: meet, other: meet, broken: () => Promise.reject(new Error("no")), silent: never },
    (name) => failures.push(name),
    { timeoutMs: 30 },
  );
  expect(await ask()).toMatchObject({
    one: { status: "healthy" },
    other: { status: "healthy" },
    broken: { status: "unhealthy", error: "unreachable" },
    silent: { status: "unhealthy", error: "timeout" },
  });
  expect(failures.sort()).toEqual(["broken", "silent"]);
});

test("however many ask, and as long as the answer is kept, a part is asked once", async () => {
  let asked = 0;
  const ask = cachedChecks({ database: async () => ++asked }, undefined, { keptForMs: 60_000 });
  await Promise.all(Array.from({ length: 100 }, ask));
  await ask();
  expect(asked).toBe(1);
  const eager = cachedChecks({ database: async () => ++asked }, undefined, { keptForMs: 0 });
  await eager();
  await eager();
  expect(asked).toBe(3);
});
