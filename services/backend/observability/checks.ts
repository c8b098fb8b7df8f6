import { setTimeout as delay } from "node:timers/promises";
import type { ComponentHealth } from "../domain/health.ts";

/** Asks one part; throws where it does not answer. */
export type Check = () => Promise<unknown>;

/** Milliseconds: shorter than a probe's patience (2 s), so that the answer comes and not the prober's timeout. */
const patience = 1_000;
/** However many ask, a sick database is asked once in so many ms. */
const keptFor = 1_000;

/** Asks all parts at once; who asks meanwhile or soon after gets the same answer. */
export function cachedChecks<Name extends string>(
  checks: Readonly<Record<Name, Check>>,
  onFailure: (name: Name, error: unknown) => void = () => {},
  { timeoutMs = patience, keptForMs = keptFor } = {},
): () => Promise<Readonly<Record<Name, ComponentHealth>>> {
  const names = Object.keys(checks) as Name[];
  const ask = async () => {
    const found = await Promise.all(
      names.map(async (name) => {
        const { health, error } = await examine(checks[name], timeoutMs);
        if (error !== undefined) onFailure(name, error);
        return [name, health] as const;
      }),
    );
    return Object.fromEntries(found) as Record<Name, ComponentHealth>;
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

interface Examined {
  readonly health: ComponentHealth;
  readonly error?: unknown;
}

async function examine(check: Check, timeoutMs: number): Promise<Examined> {
  const started = performance.now();
  const latency = () => Math.round((performance.now() - started) * 100) / 100;
  const over = new AbortController();
  const late = delay(timeoutMs, "late" as const, { signal: over.signal, ref: false }).catch(() => "late" as const);
  try {
    const first = await Promise.race([check(), late]);
    if (first !== "late") return { health: { status: "healthy", latencyMs: latency() } };
    const error = new Error(`no answer within ${timeoutMs} ms`);
    return { health: { status: "unhealthy", latencyMs: latency(), error: "timeout" }, error };
  } catch (error) {
    return { health: { status: "unhealthy", latencyMs: latency(), error: "unreachable" }, error };
  } finally {
    over.abort();
  }
}
