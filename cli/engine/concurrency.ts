import { availableParallelism, freemem } from "node:os";

/**
 * Memory that one stack's run takes at its peak, in bytes: the program with its SDK, the engine and the policy
 * pack, measured together (tests/engine, prod on ECS).
 */
const memoryOfRun = 700 * 1024 * 1024;

/** How many stacks are run side by side: more than there are cores only makes each of them wait. */
export function sideBySide(cores = availableParallelism(), memory = freemem()): number {
  return Math.max(1, Math.min(cores, Math.floor(memory / memoryOfRun)));
}

/** Runs tasks, at most `limit` at a time; the results in the tasks' order. Rejects as soon as one does. */
export async function runSideBySide<Result>(
  tasks: readonly (() => Promise<Result>)[],
  limit: number,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  const queue = tasks.entries();
  const work = async (): Promise<void> => {
    for (const [index, task] of queue) results.set(index, await task());
  };
  await Promise.all(Array.from({ length: Math.min(limit, tasks.length) }, work));
  return tasks.flatMap((_, index) => {
    const result = results.get(index);
    return result === undefined ? [] : [result];
  });
}
