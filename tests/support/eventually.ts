import { setTimeout as sleep } from "node:timers/promises";

/** Waits until `check` gives something; throws after so many seconds, with what `state` says then. */
export async function eventually<Value>(
  check: () => Value | undefined | Promise<Value | undefined>,
  seconds = 30,
  state: () => unknown = () => undefined,
): Promise<Value> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(100)) {
    const value = await check();
    if (value !== undefined) return value;
  }
  throw new Error(`not within ${seconds} s: ${check.toString()}\n${JSON.stringify(state(), undefined, 2)}`);
}
