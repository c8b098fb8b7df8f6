import { LEFT_OUT } from "./left-out.ts";
import { ONLY_THEIRS } from "./only-theirs.ts";
import { STYLE_CASES } from "./styles.ts";
import { GROUPS, type Group, type Row } from "./table.ts";

/** The text of docs/policies-comparison.md, made of the tables that the tests compare with what the tools do. */
export const comparisonDocument = (): string =>
  `${[head, ...GROUPS.map(groupText), onlyTheirs(), styles(), leftOut()].join("\n\n")}\n`;

const head = `<!-- Made from tests/policies/linters/; change the tables there, then: npx vitest run --project quick tests/policies/linters -u -->
# The policies beside other linters

The mutation test weakens each safety setting of our production stacks and of bootstrap, one at a time. Below: what finds it. Ours finds
each of them, by the policy named. [checkov](https://github.com/bridgecrewio/checkov) and
[kube-score](https://github.com/zegl/kube-score) run for real on the same objects in \`linters.full.test.ts\` (versions:
\`requirements.txt\` there, \`tools/kube-score\`), kube-score with its optional checks on, and must find exactly what the
tables say.

- Kubernetes objects are given to both as they are sent to the cluster: to checkov one by one, to kube-score together.
- AWS resources are given to checkov as a Terraform plan, with Terraform's names: Pulumi's provider is made from
  Terraform's. Its checks of several resources together (\`CKV2_…\`) read references, which a rendered stack does not have
  any more, so they are left out.
- Docker containers neither of them reads: the mutants of the Docker stack are found by ours only.
- ECR lifecycle rules: checkov has no check of what they do, nor that there are any. Ours evaluates them.`;

const isKubernetes = ({ title }: Group): boolean => title === "Kubernetes";

function groupText(group: Group): string {
  const { title, rows } = group;
  const weakened = rows.flatMap((row) => row.weak.map(() => row));
  const found = (tool: "checkov" | "kubeScore") => weakened.filter((row) => row[tool].length > 0).length;
  const beside = isKubernetes(group) ? `, kube-score ${found("kubeScore")}` : "";
  return [
    `## ${title}: of ${weakened.length} ways to weaken a setting, ours finds all, checkov ${found("checkov")}${beside}`,
    table(
      ["setting", "weakened to", "ours", "checkov", ...(isKubernetes(group) ? ["kube-score"] : [])],
      rows.map((row) => [...rowText(row), ...(isKubernetes(group) ? [list(row.kubeScore)] : [])]),
    ),
  ].join("\n\n");
}

const rowText = ({ setting, weak, policy, checkov }: Row): readonly string[] => [
  code(setting),
  weak.map((value) => (value === null ? "removed" : code(JSON.stringify(value)))).join(", "),
  `[${policy}](policies.md#${policy})`,
  list(checkov),
];

const onlyTheirs = (): string =>
  [
    "## What only they find in our stacks",
    "Every rule of theirs that our production stacks break as they are, and why they may.",
    table(
      ["tool", "rules", "ask", "why we do not"],
      ONLY_THEIRS.map(({ tool, rules, asks, answer }) => [tool, list(rules), asks, answer]),
    ),
  ].join("\n\n");

const styles = (): string =>
  [
    "## kube-linter and Polaris",
    `Neither is in a package registry, so they did not run. The cases are our own, written after what each documents
([kube-linter's checks](https://github.com/stackrox/kube-linter/blob/main/docs/generated/checks.md),
[Polaris' checks](https://github.com/FairwindsOps/polaris/tree/master/pkg/config/checks)): what the rule refuses is
found by our policy (\`styles.test.ts\`).`,
    table(
      ["kube-linter", "Polaris", "found by"],
      STYLE_CASES.map(({ kubeLinter = [], polaris = [], policy }) => [list(kubeLinter), list(polaris), code(policy)]),
    ),
  ].join("\n\n");

const leftOut = (): string =>
  [
    "## Rules of theirs that we left out",
    `Of kube-score, kube-linter and Polaris every rule that no policy of ours names, and of checkov those for Kubernetes. Of
its several hundred AWS checks those that our stacks break are above; most others are of services that the pack does
not judge.`,
    table(
      ["about", "why", "kube-score", "kube-linter", "Polaris", "checkov"],
      LEFT_OUT.map(({ about, why, kubeScore = [], kubeLinter = [], polaris = [], checkov = [] }) => [
        about,
        why,
        ...[kubeScore, kubeLinter, polaris, checkov].map(list),
      ]),
    ),
  ].join("\n\n");

const code = (text: string): string => `\`${text}\``;

const list = (rules: readonly string[]): string => rules.map(code).join(", ") || "–";

const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
