import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { root } from "../root.ts";

export function renderCommand(): Command {
  const command = new Command("render")
    .description("write the files that are made from the code")
    .option("--check", "write nothing; fail, with the difference, if one is out of date")
    .action(({ check }: { check?: boolean }) => render(check ?? false));
  return withExamples(command, [["render --check", "show which rendered files are out of date, and how"]]);
}

async function render(check: boolean): Promise<void> {
  const { renderedFiles } = await import("../render/index.ts");
  const { difference, staleFiles, write } = await import("../render/files.ts");
  const files = await renderedFiles();
  const stale = await staleFiles(root, files);
  for (const each of stale) {
    if (!check) write(root, each);
    console.log(check ? difference(root, each) : `wrote ${each.path}`);
  }
  const paths = stale.map(({ path }) => path).join(", ");
  if (check && stale.length > 0) throw new UserError(`out of date: ${paths}; run ./platform render and commit`);
  console.log(`${files.length} rendered files, ${check ? "all up to date" : `${stale.length} changed`}`);
}
