import { fileURLToPath } from "node:url";
import { runOffline } from "../cli/engine/offline.ts";
import type { RunResult } from "../cli/engine/result.ts";
import { makeTemporaryBackend } from "../offline/backend.ts";
import { type Benchmark, inSeconds, median, pairs, ratio } from "./bench.ts";
import { peakMemory } from "./memory.ts";

const programs = {
  empty: fileURLToPath(new URL("programs/empty.ts", import.meta.url)),
  workloads: fileURLToPath(new URL("programs/workloads.ts", import.meta.url)),
};

interface Measured {
  readonly program?: string;
  readonly count?: number;
  readonly policies: boolean;
}

/** One preview of dev in a state of its own; throws when it fails, so that nothing fast and wrong is measured. */
async function preview({ program, count, policies }: Measured): Promise<RunResult> {
  const backend = await makeTemporaryBackend();
  try {
    const result = await runOffline({
      stack: "dev",
      operation: "preview",
      backend,
      ...(program === undefined ? {} : { program }),
      ...(policies ? {} : { policyPacks: [] }),
      ...(count === undefined ? {} : { config: { "bench:count": String(count) } }),
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
  what: "preview of dev against the bare engine with as many empty resources (≤ 1.30×), the policies' share (≤ 20 %), growth of time and peak memory by workloads (≤ 1.20×)",
  run: async () => {
    const { resources } = await preview({ policies: true });
    const bare = { program: programs.empty, count: resources, policies: false };
    const engine = await pairs(
      rounds,
      () => seconds({ policies: false }),
      () => seconds(bare),
    );
    const judged = await pairs(
      rounds,
      () => seconds({ policies: true }),
      () => seconds({ policies: false }),
    );
    const [mine, theirs] = [median(engine.map(([a]) => a)), median(engine.map(([, b]) => b))];
    const [withPack, without] = [median(judged.map(([a]) => a)), median(judged.map(([, b]) => b))];
    return [
      ["measured", "", "against", "", "ratio"],
      [`seconds, dev, ${resources} resources`, inSeconds(mine), "bare engine", inSeconds(theirs), ratio(mine, theirs)],
      ["seconds, dev with policies", inSeconds(withPack), "without", inSeconds(without), ratio(withPack, without)],
      ...(await growth()),
    ];
  },
};

/** Seconds and peak memory that a workload adds, at the large end against the small end. */
async function growth(): Promise<readonly (readonly string[])[]> {
  const cost = async (count: number): Promise<Cost> => {
    const costs: Cost[] = [];
    for (let round = 0; round < 3; round++) {
      let time = 0;
      const memory = await peakMemory(async () => {
        time = await seconds({ program: programs.workloads, count, policies: false });
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
