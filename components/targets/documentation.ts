import type { Difference, TargetDescriptor } from "./target.ts";

/** docs/targets.md: what each target does instead of what it cannot express, from the tables that the tests use. */
export function renderTargetsDocument(targets: readonly Pick<TargetDescriptor, "name" | "differences">[]): string {
  const sections = targets.map(({ name, differences }) => `## ${name}\n\n${tableOf(differences)}`);
  return `# Differences between the targets

Every workload is stated once, as a WorkloadSpec. What a target cannot express is listed here; everything else is the same
on all three: \`tests/contract\` reads what each target asks for back into the words of a spec, for every workload of every stack and for
generated ones, and fails on a deviation that is in no row, and on a row that nothing needs.
Rendered by \`./platform render\` from \`components/targets/*/differences.ts\`.

${sections.join("\n\n")}
`;
}

function tableOf(differences: readonly Difference[]): string {
  const rows = differences.map(({ field, where, instead, why }) => `| \`${field}\` | ${where} | ${instead} | ${why} |`);
  return ["| field | where | instead | why |", "|---|---|---|---|", ...rows].join("\n");
}
