import { fileURLToPath } from "node:url";
import { runOffline } from "../cli/engine/offline.ts";
import type { RunResult } from "../cli/engine/result.ts";
import { makeTemporaryBackend } from "../offline/backend.ts";
import { type Benchmark, inSeconds, median, pairs, ratio } from "./bench.ts";

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
  what: "preview of dev against the bare engine with as many empty resources (≤ 1.30×), the policies' share (≤ 20 %), growth by workloads (≤ 1.20×)",
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
      ["measured", "seconds", "against", "seconds", "ratio"],
      [`dev, ${resources} resources`, inSeconds(mine), "bare engine", inSeconds(theirs), ratio(mine, theirs)],
      ["dev with policies", inSeconds(withPack), "without", inSeconds(without), ratio(withPack, without)],
      ...(await growth()),
    ];
  },
};

/** Seconds a workload at the large end against the small end. */
async function growth(): Promise<readonly (readonly string[])[]> {
  const time = async (count: number): Promise<number> => {
    const measured = { program: programs.workloads, count, policies: false };
    return median([await seconds(measured), await seconds(measured), await seconds(measured)]);
  };
  const [t100, t200, t500, t1000] = [await time(100), await time(200), await time(500), await time(1000)];
  const [large, small] = [(t1000 - t500) / 500, (t200 - t100) / 100];
  return [["a workload of 500–1000", large.toFixed(4), "of 100–200", small.toFixed(4), ratio(large, small)]];
}

export default benchmark;
