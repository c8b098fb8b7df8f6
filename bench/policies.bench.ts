import { fileURLToPath } from "node:url";
import type { Benchmark } from "../cli/bench/benchmarks.ts";
import { runOffline } from "../cli/engine/offline.ts";
import { makeTemporaryBackend } from "../offline/backend.ts";
import { previewByAutomation } from "./automation.ts";
import { inSeconds, median, pairs, ratio } from "./bench.ts";
import { type Pack, packFolders } from "./packs.ts";

const program = fileURLToPath(new URL("programs/mixed.ts", import.meta.url));
const rounds = 3;

/** Seconds of a preview of so many resources, in which no policy finds anything: else its words would be measured. */
async function preview(count: number, pack: Pack): Promise<number> {
  const backend = await makeTemporaryBackend();
  try {
    const result = await runOffline({
      stack: "dev",
      operation: "preview",
      backend,
      program,
      config: { "bench:count": String(count) },
      policyPacks: packFolders[pack],
    });
    const { outcome, seconds, violations, warnings, diagnostics } = result;
    const [found] = [...violations, ...warnings, ...diagnostics];
    if (outcome !== "succeeded" || found !== undefined) throw new Error(`preview ${outcome}: ${found?.message}`);
    return seconds;
  } finally {
    await backend.remove();
  }
}

/** What the whole pack is measured against. */
const others = {
  "an empty pack, served by Pulumi's SDK": (count: number) => preview(count, "empty"),
  none: (count: number) => preview(count, "none"),
  "none, by Pulumi's Automation API": (count: number) => previewByAutomation("mixed", { "bench:count": String(count) }),
} as const;

/** Medians of a preview with the whole pack and of another, run in turn. */
async function compare(count: number, other: (count: number) => Promise<number>): Promise<readonly [number, number]> {
  const results = await pairs(
    rounds,
    () => preview(count, "whole"),
    () => other(count),
  );
  return [median(results.map(([a]) => a)), median(results.map(([, b]) => b))];
}

const benchmark: Benchmark = {
  name: "policies",
  what: "a program of 1,000 resources with the whole pack, against none (≤ 1.20×), started our way and by the Automation API, and against an empty pack as Pulumi's SDK serves it; what the policies cost a resource must not grow with their number",
  run: async () => {
    const rows: (readonly string[])[] = [
      ["resources", "whole pack, s", "against", "s", "ratio", "difference, ms a resource"],
    ];
    for (const count of [250, 1000]) {
      for (const [other, previewed] of Object.entries(others)) {
        const [judged, plain] = await compare(count, previewed);
        const cost = (((judged - plain) / count) * 1000).toFixed(2);
        rows.push([String(count), inSeconds(judged), other, inSeconds(plain), ratio(judged, plain), cost]);
      }
    }
    return rows;
  },
};

export default benchmark;
