import { blocksIn, type Concern, ENVIRONMENTS, type Environment } from "./enforcement.ts";
import { judgeProgram, programOf } from "./judge.ts";
import { asLiteral } from "./literal.ts";
import { findingLine } from "./message.ts";
import { POLICIES } from "./policies.ts";
import type {
  Counterpart,
  Example,
  ExampleResource,
  Parameter,
  Policy,
  Remedy,
  ResourceRule,
  StackRule,
} from "./policy.ts";

/** The text of docs/policies.md, made of the policies' metadata and examples. */
export const renderPoliciesDocument = (): string => `${[head(), table(), ...POLICIES.map(section)].join("\n\n")}\n`;

const head = (): string => `<!-- Rendered from policies/; edit the metadata there. -->
# Policies

What the policy pack in \`policies/\` asks of a program, why, and how a violation is put right. The pack judges real
resources of the aws, kubernetes and docker providers, so it works on any Pulumi program. How it is run, configured and
waived, also on what is deployed already: [policies/README.md](../policies/README.md). Beside checkov, kube-score,
kube-linter and Polaris: [policies-comparison.md](policies-comparison.md).

A guarded value that is not known before the update is named in a warning and judged when it is known; with
\`"strict": true\` in the policy's configuration it blocks. What a policy does not judge is reported as not applicable.

Whether a violation blocks or is advice depends on what it is about and on the stack's environment. That is the
policy's setting \`environment\`, else the stack's tag \`environment\`, else its name (\`dev\`, \`staging\`, \`prod\`); a
stack that says nothing is judged as production.

${concernTable()}`;

const CONCERNS: readonly (readonly [Concern, string])[] = [
  ["presence", "what must be there is not there at all"],
  ["depth", "it is there, but does not do what it is there for"],
  ["hygiene", "everything else that keeps production safe"],
];

function concernTable(): string {
  const level = (concern: Concern, environment: Environment): string =>
    blocksIn(concern).includes(environment) ? "blocks" : "advice";
  return [
    `| a violation about | | ${ENVIRONMENTS.join(" | ")} |`,
    `|---|---|${ENVIRONMENTS.map(() => "---|").join("")}`,
    ...CONCERNS.map(
      ([concern, meaning]) =>
        `| ${concern} | ${meaning} | ${ENVIRONMENTS.map((environment) => level(concern, environment)).join(" | ")} |`,
    ),
  ].join("\n");
}

/** What a policy's violations are about, as its examples show. */
function concernsOf(policy: Policy): readonly Concern[] {
  const shown = policy.examples
    .flatMap(({ bad }) => judgeProgram(policy, programOf(bad)))
    .map(({ finding }) => (finding.kind === "violation" ? (finding.concern ?? policy.concern) : policy.concern));
  return CONCERNS.map(([concern]) => concern).filter(
    (concern) => concern === policy.concern || shown.includes(concern),
  );
}

const table = (): string =>
  [
    "| policy | severity | about | what must be |",
    "|---|---|---|---|",
    ...POLICIES.map(
      (policy) =>
        `| [\`${policy.name}\`](#${policy.name}) | ${policy.severity} | ${concernsOf(policy).join(", ")} | ${policy.description} |`,
    ),
  ].join("\n");

const section = (policy: Policy): string =>
  [
    `## ${policy.name}`,
    `${policy.description}\n\n**Why.** ${policy.why}`,
    `### What it asks\n\n${rules(policy)}`,
    ...(policy.parameters.length === 0 ? [] : [`### Settings\n\n${parameters(policy)}`]),
    `### How to repair\n\n${policy.remedies.map(remedy).join("\n\n")}`,
    `### Examples\n\n${policy.examples.map((example) => exampleText(policy, example)).join("\n\n")}`,
    `### The same elsewhere\n\n${policy.counterparts.map(counterpart).join("\n")}\n\nMore: <${policy.url}>`,
  ].join("\n\n");

function rules({ resourceRules, stackRules }: Policy): string {
  const row = ({ types, asks, leavesAlone }: ResourceRule | StackRule, when: string): string =>
    `| ${types.map((type) => `\`${type}\``).join("<br>")} | ${asks} | ${leavesAlone ?? ""} | ${when} |`;
  return [
    "| resources | must have | not applicable to | judged |",
    "|---|---|---|---|",
    ...resourceRules.map((rule) => row(rule, "before the resource is touched")),
    ...stackRules.map((rule) => row(rule, "when the whole stack is known")),
  ].join("\n");
}

const parameters = ({ parameters: all }: Policy): string =>
  ["| setting | what | default |", "|---|---|---|", ...all.map(parameterRow)].join("\n");

function parameterRow({ name, description, default: value }: Parameter): string {
  const text =
    typeof value === "number"
      ? String(value)
      : ENVIRONMENTS.map((environment) => `${environment}: ${value[environment]}`).join(", ");
  return `| \`${name}\` | ${description} | ${text} |`;
}

const remedy = ({ step, code }: Remedy): string => `${step}\n\n${block("ts", code)}`;

const counterpart = ({ tool, rules: names }: Counterpart): string => `- ${tool}: ${names.join(", ")}`;

const exampleText = (policy: Policy, { title, bad, good }: Example): string =>
  [
    `#### ${title}`,
    `Refused:\n\n${block("ts", bad.map(statement).join("\n"))}`,
    block("text", findings(policy, bad)),
    `Passes:\n\n${block("ts", good.map(statement).join("\n"))}`,
  ].join("\n\n");

const findings = (policy: Policy, example: readonly ExampleResource[]): string =>
  judgeProgram(policy, programOf(example))
    .map(({ resource, finding }) => findingLine(policy, resource, finding))
    .join("\n");

/** `kubernetes:apps/v1:Deployment` is `new kubernetes.apps.v1.Deployment(…)` in a program. */
function statement({ type, name, properties, deleteBeforeReplace }: ExampleResource): string {
  const options = deleteBeforeReplace === undefined ? "" : `, { deleteBeforeReplace: ${deleteBeforeReplace} }`;
  return `new ${className(type)}(${JSON.stringify(name)}, ${asLiteral(properties)}${options});`;
}

function className(type: string): string {
  const [provider = "", module = "", kind = ""] = type.split(":");
  if (provider === "trading-platform") return kind;
  const path = provider === "kubernetes" ? module.split("/") : module.split("/").slice(0, 1);
  return [provider, ...path.filter((part) => part !== "index"), kind].join(".");
}

const block = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\``;
