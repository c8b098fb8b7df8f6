import { Command } from "commander";
import { withExamples } from "../console/examples.ts";

export function benchCommand(): Command {
  const command = new Command("bench")
    .description("measure, and print tables of ratios; a machine that does nothing else measures best")
    .argument("[name...]", "default: every benchmark")
    .option("--list", "say which there are, and measure nothing")
    .action((names: string[], { list }: { list?: boolean }) => bench(names, list ?? false));
  return withExamples(command, [["bench", "every benchmark, as tables of ratios"]]);
}

async function bench(names: readonly string[], list: boolean): Promise<void> {
  const { chooseBenchmarks, loadBenchmarks } = await import("../bench/benchmarks.ts");
  const { table } = await import("../console/table.ts");
  const chosen = chooseBenchmarks(await loadBenchmarks(), names);
  if (list) {
    console.log(table([["benchmark", "what"], ...chosen.map(({ name, what }) => [name, what])]));
    return;
  }
  const { say } = await import("../console/progress.ts");
  const { ensurePulumi } = await import("../setup/pulumi.ts");
  await ensurePulumi();
  for (const { name, what, run } of chosen) {
    const started = performance.now();
    say(`measuring ${name} …`);
    const rows = await run();
    console.log(`\n${name}: ${what}\n\n${table(rows)}`);
    say(`${name} took ${Math.round((performance.now() - started) / 1000)} s`);
  }
}
