import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { table } from "../console/table.ts";
import { root } from "../root.ts";

export function requirementCommand(): Command {
  const command = new Command("requirement")
    .description("say of each row of the requirement whether the last runs of the tests proved it")
    .option("--json", "for machines")
    .addHelpText(
      "after",
      "\nA row is empty, and the exit code 1, where no test of it has run, or one of them failed or was skipped.",
    )
    .action(({ json }: { json?: boolean }) => show(json ?? false));
  return withExamples(command, [["requirement", "after ./platform test and ./platform test --full"]]);
}

async function show(json: boolean): Promise<void> {
  const { isEmpty, isProven, proofsOf } = await import("../requirement/proofs.ts");
  const { readReport } = await import("../requirement/report.ts");
  const { requirement } = await import("../requirement/rows.ts");
  const proofs = proofsOf(requirement, readReport(root));
  const empty = proofs.filter(isEmpty);
  if (json) {
    const rows = proofs.map(({ section, row, passed, failed }) => ({ section, ...row, passed, failed }));
    console.log(JSON.stringify(rows, null, 2));
  } else {
    const lines = proofs.map((proof) => {
      const { row, passed, failed } = proof;
      const word = isEmpty(proof) ? "EMPTY" : isProven(proof) ? "proven" : `open: ${row.open}`;
      return [row.id, String(passed.length), String(failed.length), word];
    });
    console.log(table([["row", "passed", "failed or skipped", ""], ...lines]));
    console.log(`${proofs.filter(isProven).length} of ${proofs.length} rows are proven`);
  }
  if (empty.length > 0) {
    const reasons = empty.map(({ row, failed: [first] }) =>
      first === undefined
        ? `${row.id}: no test of it has run`
        : `${row.id}: ${first.state}: ${first.file} > ${first.name}`,
    );
    throw new UserError(`${empty.length} rows of the requirement are empty:\n  ${reasons.join("\n  ")}`);
  }
}
