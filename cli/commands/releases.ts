import { Command } from "commander";
import { withExamples } from "../console/examples.ts";
import { table } from "../console/table.ts";
import { root } from "../root.ts";

export function releasesCommand(): Command {
  const command = new Command("releases")
    .description("say which release each stack runs, since when and by whom; of one stack also what it ran before")
    .argument("[stack]")
    .option("--json", "for machines")
    .action((stack: string | undefined, { json }: { json?: boolean }) => list(stack, json ?? false));
  return withExamples(command, [
    ["releases", "what runs where, from the record in stacks/releases/"],
    ["releases prod", "what prod runs, and what it can go back to"],
  ]);
}

async function list(stack: string | undefined, json: boolean): Promise<void> {
  const { listReleases } = await import("../release/list.ts");
  const rows = await listReleases(root, stack);
  if (json) console.log(JSON.stringify(rows, null, 2));
  else {
    const cells = rows.map((row) => [
      row.stack,
      row.runs ? "runs" : "",
      row.version ?? "no release on record",
      row.tag ?? "",
      row.commit?.slice(0, 9) ?? "",
      row.since ?? "",
      row.by ?? "",
    ]);
    console.log(table([["stack", "", "version", "release", "commit", "since", "by"], ...cells]));
  }
}
