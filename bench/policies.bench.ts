import { fileURLToPath } from "node:url";
import { runOffline } from "../cli/engine/offline.ts";
import { makeTemporaryBackend } from "../offline/backend.ts";
import { type Benchmark, inSeconds, median, pairs, ratio } from "./bench.ts";

const program = fileURLToPath(new URL("programs/mixed.ts", import.meta.url));
const rounds = 3;

/** Seconds of a preview of so many resources, which no policy may stop: else less would be measured. */
async function preview(count: number, policies: boolean): Promise<number> {
  const backend = await makeTemporaryBackend();
  try {
    const result = await runOffline({
      stack: "dev",
      operation: "preview",
      backend,
      program,
      config: { "bench:count": String(count) },
      ...(policies ? {} : { policyPacks: [] }),
    });
    if (result.outcome !== "succeeded") throw new Error(`preview failed: ${result.diagnostics[0]?.message}`);
    if (result.violations.length > 0) throw new Error(`preview stopped: ${result.violations[0]?.message}`);
    return result.seconds;
  } finally {
    await backend.remove();
  }
}

/** Medians of so many resources with the pack and without. */
async function measure(count: number): Promise<readonly [number, number]> {
  const results = await pairs(
    rounds,
    () => preview(count, true),
    () => preview(count, false),
  );
  return [median(results.map(([a]) => a)), median(results.map(([, b]) => b))];
}

const benchmark: Benchmark = {
  name: "policies",
  what: "a program of 1,000 resources with the whole pack against the same without (≤ 1.20×); what the pack costs a resource must not grow with their number",
  run: async () => {
    const rows: (readonly string[])[] = [
      ["resources", "with the pack, s", "without, s", "ratio", "the pack, ms a resource"],
    ];
    for (const count of [250, 500, 1000]) {
      const [judged, plain] = await measure(count);
      const cost = ((judged - plain) / count) * 1000;
      rows.push([String(count), inSeconds(judged), inSeconds(plain), ratio(judged, plain), cost.toFixed(2)]);
    }
    return rows;
  },
};

export default benchmark;
