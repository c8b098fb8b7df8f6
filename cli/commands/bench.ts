import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import type { Benchmark } from "../../bench/bench.ts";
import { UserError } from "../console/error.ts";
import { table } from "../console/table.ts";
import { root } from "../root.ts";

const folder = join(root, "bench");
const ending = ".bench.ts";

export function benchCommand(): Command {
  return new Command("bench")
    .description("measure, and print tables of ratios")
    .argument("[name...]", "which; default: all")
    .action(async (names: string[]) => {
      const known = readdirSync(folder).flatMap((file) => (file.endsWith(ending) ? file.slice(0, -ending.length) : []));
      const unknown = names.filter((name) => !known.includes(name));
      if (unknown.length > 0)
        throw new UserError(`no benchmark "${unknown.join('", "')}"; there are ${known.join(", ")}`, 2);
      for (const name of names.length > 0 ? names : known) {
        const { default: benchmark }: { default: Benchmark } = await import(
          pathToFileURL(join(folder, `${name}${ending}`)).href
        );
        console.log(`${benchmark.name}: ${benchmark.what}`);
        console.log(`${table(await benchmark.run())}\n`);
      }
    });
}
