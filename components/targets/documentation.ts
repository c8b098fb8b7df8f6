import type { Difference, TargetDescriptor } from "./target.ts";

/** docs/targets.md: what each target does instead of what it cannot express, from the tables that the tests use. */
export function renderTargetsDocument(targets: readonly Pick<TargetDescriptor, "name" | "differences">[]): string {
  const sections = targets.map(({ name, differences }) => `## ${name}\n\n${tableOf(differences)}`);
  return `# Differences between the targets

Every workload is stated once, as a WorkloadSpec. What a target cannot express is listed here; everything else is the same
on all three. Rendered by \`./platform render\` from \`components/targets/*/differences.ts\`.

${sections.join("\n\n")}
`;
}

function tableOf(differences: readonly Difference[]): string {
  const rows = differences.map(({ field, where, instead, why }) => `| \`${field}\` | ${where} | ${instead} | ${why} |`);
  return ["| field | where | instead | why |", "|---|---|---|---|", ...rows].join("\n");
}
