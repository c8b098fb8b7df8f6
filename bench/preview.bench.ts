import { fileURLToPath } from "node:url";
import type { Benchmark } from "../cli/bench/benchmarks.ts";
import { isResource } from "../cli/engine/collect.ts";
import { runOffline } from "../cli/engine/offline.ts";
import type { RunResult, Step } from "../cli/engine/result.ts";
import { makeTemporaryBackend } from "../offline/backend.ts";
import { previewByAutomation } from "./automation.ts";
import { inSeconds, median, pairs, ratio } from "./bench.ts";
import { peakMemory } from "./memory.ts";
import { type Pack, packFolders } from "./packs.ts";

const programs = {
  empty: fileURLToPath(new URL("programs/empty.ts", import.meta.url)),
  workloads: fileURLToPath(new URL("programs/workloads.ts", import.meta.url)),
};

interface Measured {
  readonly program?: string;
  /** What the program is told, `bench:<key>`. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly pack: Pack;
}

/** One preview of dev in a state of its own; throws when it fails, so that nothing fast and wrong is measured. */
async function preview({ program, config, pack }: Measured): Promise<RunResult> {
  const backend = await makeTemporaryBackend();
  try {
    const result = await runOffline({
      stack: "dev",
      operation: "preview",
      backend,
      ...(program === undefined ? {} : { program }),
      policyPacks: packFolders[pack],
      ...(config === undefined ? {} : { config }),
    });
    if (result.outcome !== "succeeded") throw new Error(`preview failed: ${result.diagnostics[0]?.message}`);
    return result;
  } finally {
    await backend.remove();
  }
}

const seconds = async (measured: Measured): Promise<number> => (await preview(measured)).seconds;
const rounds = 5;

const benchmark: Benchmark = {
  name: "preview",
  what: "preview of dev against the bare engine with as many empty resources of the same types, started our way and by the Automation API (≤ 1.30×), the policies' share of it (≤ 20 %), and an empty pack as Pulumi's SDK serves it, growth of time and peak memory by workloads (≤ 1.20×)",
  run: async () => {
    const { steps, resources } = await preview({ pack: "whole" });
    const types = countTypes(steps);
    const dev = (pack: Pack) => () => seconds({ pack });
    const bare = () => seconds({ program: programs.empty, config: { "bench:types": types }, pack: "none" });
    return [
      ["measured", "", "against", "", "ratio"],
      await compare(`dev, ${resources} resources`, dev("none"), "bare engine", bare),
      await compare("dev", dev("none"), "bare engine by the Automation API", () =>
        previewByAutomation("empty", { "bench:types": JSON.stringify(types) }),
      ),
      await compare("dev with policies", dev("whole"), "with an empty pack, served by Pulumi's SDK", dev("empty")),
      await compare("dev with policies", dev("whole"), "without", dev("none")),
      ...(await growth()),
    ];
  },
};

/** How many resources there are of each type, the stack itself and providers left out. */
function countTypes(steps: readonly Step[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { type } of steps.filter(isResource)) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** A row: the medians of both, run in turn. */
async function compare(
  what: string,
  ours: () => Promise<number>,
  against: string,
  theirs: () => Promise<number>,
): Promise<readonly string[]> {
  const results = await pairs(rounds, ours, theirs);
  const [mine, other] = [median(results.map(([a]) => a)), median(results.map(([, b]) => b))];
  return [`seconds, ${what}`, inSeconds(mine), against, inSeconds(other), ratio(mine, other)];
}

/** Seconds and peak memory that a workload adds, at the large end against the small end. */
async function growth(): Promise<readonly (readonly string[])[]> {
  const cost = async (count: number): Promise<Cost> => {
    const costs: Cost[] = [];
    for (let round = 0; round < 3; round++) {
      let time = 0;
      const memory = await peakMemory(async () => {
        time = await seconds({ program: programs.workloads, config: { "bench:count": String(count) }, pack: "none" });
      });
      costs.push({ time, megabytes: memory / 1024 ** 2 });
    }
    return { time: median(costs.map(({ time }) => time)), megabytes: median(costs.map(({ megabytes }) => megabytes)) };
  };
  const [c100, c200, c500, c1000] = [await cost(100), await cost(200), await cost(500), await cost(1000)];
  const row = (what: string, of: (cost: Cost) => number, write: (value: number) => string): readonly string[] => {
    const [large, small] = [(of(c1000) - of(c500)) / 500, (of(c200) - of(c100)) / 100];
    return [`${what} a workload, 500–1000`, write(large), "100–200", write(small), ratio(large, small)];
  };
  return [
    row(
      "seconds",
      ({ time }) => time,
      (value) => value.toFixed(4),
    ),
    row(
      "MiB",
      ({ megabytes }) => megabytes,
      (value) => value.toFixed(2),
    ),
  ];
}

interface Cost {
  readonly time: number;
  readonly megabytes: number;
}

export default benchmark;
