import { setTimeout as delay } from "node:timers/promises";
import type { ComponentHealth } from "../domain/health.ts";

/** Asks one part; throws where it does not answer. */
export type Check = () => Promise<unknown>;

/** Milliseconds: shorter than a probe's patience (2 s), so that the answer comes and not the prober's timeout. */
export const patience = 1_000;
/** However many ask, a sick database is asked once in so many ms. */
const keptFor = 1_000;

/** Asks all parts at once; who asks meanwhile or soon after gets the same answer. */
export function cachedChecks(
  checks: Readonly<Record<string, Check>>,
  onFailure: (name: string, error: unknown) => void = () => {},
  { timeoutMs = patience, keptForMs = keptFor } = {},
): () => Promise<Readonly<Record<string, ComponentHealth>>> {
  const ask = async () => {
    const found = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        const { health, error } = await examine(check, timeoutMs);
        if (error !== undefined) onFailure(name, error);
        return [name, health] as const;
      }),
    );
    return Object.fromEntries(found);
  };
  return shared(ask, keptForMs);
}

/** One question at a time, whose answer is kept for so long. */
export function shared<T>(ask: () => Promise<T>, keptForMs = keptFor): () => Promise<T> {
  let last: { readonly answer: Promise<T>; readonly until: number } | undefined;
  return () => {
    if (last !== undefined && performance.now() < last.until) return last.answer;
    const answer = ask();
    const asked = { answer, until: Number.POSITIVE_INFINITY };
    last = asked;
    const keep = () => {
      if (last === asked) last = { answer, until: performance.now() + keptForMs };
    };
    answer.then(keep, keep);
    return answer;
  };
}

/** Nobody answered in time. */
class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Throws where the answer takes too long; the question itself goes on. */
export async function answerWithin<T>(timeoutMs: number, ask: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = async (): Promise<never> => {
    await delay(timeoutMs, undefined, { signal: over.signal, ref: false });
    throw new NoAnswer(`no answer within ${timeoutMs} ms`);
  };
  try {
    return await Promise.race([ask(), late()]);
  } finally {
    over.abort();
  }
}

interface Examined {
  readonly health: ComponentHealth;
  readonly error?: unknown;
}

async function examine(check: Check, timeoutMs: number): Promise<Examined> {
  const started = performance.now();
  const latency = () => Math.round((performance.now() - started) * 100) / 100;
  try {
    await answerWithin(timeoutMs, check);
    return { health: { status: "healthy", latencyMs: latency() } };
  } catch (error) {
    const reason = error instanceof NoAnswer ? "timeout" : "unreachable";
    return { health: { status: "unhealthy", latencyMs: latency(), error: reason }, error };
  }
}
