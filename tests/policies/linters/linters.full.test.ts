import { beforeAll, describe, expect, test } from "vitest";
import { POLICIES } from "../../../policies/policies.ts";
import type { StackResource } from "../../../policies/policy.ts";
import { settingsOf } from "../../support/stacks.ts";
import { bootstrapProgram, type Mutant, mutantsOf, programOf } from "../mutants.ts";
import { checkovChecks, checkovFailures, type Framework } from "./checkov.ts";
import { isInTerraform, isKubernetes, manifestOf, planOf } from "./documents.ts";
import { type Finding, kubeScoreChecks, kubeScoreFindings } from "./kube-score.ts";
import { LEFT_OUT } from "./left-out.ts";
import { ONLY_THEIRS, type OnlyTheirs } from "./only-theirs.ts";
import { GROUPS, type Row } from "./table.ts";

const MINUTES = 60_000;

/** What the two find of a stack as it is, and in each of its mutants beside that. */
interface Comparison {
  readonly mutants: readonly {
    readonly mutant: Mutant;
    readonly checkov: readonly string[];
    readonly kubeScore: readonly string[];
    readonly known: readonly string[];
  }[];
  readonly asItIs: Readonly<Record<OnlyTheirs["tool"], readonly string[]>>;
}

const changedIn = ({ program, resource }: Mutant): StackResource =>
  program.find(({ urn }) => urn === resource.urn) ?? resource;

/** checkov judges each resource by itself, so each is a document of its own; kube-score the objects together. */
async function compare(program: readonly StackResource[], target: "aws" | "kubernetes"): Promise<Comparison> {
  const mutants = mutantsOf(program);
  const [framework, readable, documentOf]: [
    Framework,
    (one: StackResource) => boolean,
    (one: StackResource) => object,
  ] = target === "kubernetes" ? ["kubernetes", isKubernetes, manifestOf] : ["terraform_plan", isInTerraform, planOf];
  const read = program.filter(readable);
  const resources = [...read, ...mutants.map(changedIn)];
  const failures = await checkovFailures(
    framework,
    resources.map((one) => JSON.stringify(documentOf(one))),
  );
  const before = new Map(read.map(({ urn }, place) => [urn, failures[place] ?? []]));
  const scored = target === "kubernetes" ? await kubeScoreFindings(read.map(manifestOf)) : [];
  const compared = [];
  for (const [place, mutant] of mutants.entries()) {
    const known = before.get(mutant.resource.urn);
    if (known === undefined) throw new Error(`${mutant.resource.type} is not among what checkov is given`);
    const now = failures[read.length + place] ?? [];
    const objects = mutant.program.filter(isKubernetes).map(manifestOf);
    const found = target === "kubernetes" ? await kubeScoreFindings(objects) : [];
    compared.push({
      mutant,
      checkov: now.filter((check) => !known.includes(check)),
      kubeScore: checksOf(found.filter((one) => !scored.some((old) => isSame(one, old)))),
      // What they say of the object as it is: a mutant cannot bring it anew (PostgreSQL's user id is below their 10,000).
      known: [...known, ...checksOf(scored.filter(({ object }) => object.includes(mutant.resource.name)))],
    });
  }
  const checkov = [...new Set([...before.values()].flat())].sort();
  return { mutants: compared, asItIs: { checkov, "kube-score": checksOf(scored) } };
}

const isSame = (one: Finding, other: Finding): boolean => one.check === other.check && one.object === other.object;

const checksOf = (findings: readonly Finding[]): readonly string[] => [
  ...new Set(findings.map(({ check }) => check).sort()),
];

/** The row of the table that is about a mutant. */
function rowOf({ guard, resource, path }: Mutant): Row {
  const setting = path.replaceAll(/\[\d+\]/g, "[]").replace(/^spec\.template\.spec\./, "");
  const weak = JSON.stringify(guard.weak);
  const rows = GROUPS.filter(({ types }) => types.test(resource.type))
    .flatMap((group) => group.rows)
    .filter((row) => row.setting === setting && row.weak.some((value) => JSON.stringify(value) === weak));
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`${rows.length} rows about ${setting} = ${weak}`);
  return row;
}

describe("side by side with checkov and kube-score", () => {
  let comparisons: readonly Comparison[] = [];
  beforeAll(async () => {
    comparisons = [
      await compare(await programOf(settingsOf("prod", "ecs")), "aws"),
      await compare(await bootstrapProgram(), "aws"),
      await compare(await programOf(settingsOf("prod", "kubernetes")), "kubernetes"),
    ];
  }, 10 * MINUTES);

  test("each mutant is found by the rules of theirs that the table has, and by no other", () => {
    const compared = comparisons.flatMap(({ mutants }) => mutants);
    const wrong = compared.flatMap(({ mutant, checkov, kubeScore, known }) => {
      const { policy, ...row } = rowOf(mutant);
      const unknown = (check: string): boolean => !known.includes(check);
      const expected = [policy, row.checkov.filter(unknown), row.kubeScore.filter(unknown)];
      const found = [mutant.guard.policy, checkov, kubeScore];
      if (JSON.stringify(expected) === JSON.stringify(found)) return [];
      const { type, name } = mutant.resource;
      return [{ type, name, setting: row.setting, weak: mutant.guard.weak, expected, found }];
    });
    const byThem = (tool: "checkov" | "kubeScore") => compared.filter((one) => one[tool].length > 0).length;
    const onKubernetes = comparisons.at(-1)?.mutants.length ?? 0;
    console.log(
      `${compared.length} mutants: checkov ${byThem("checkov")}, kube-score ${byThem("kubeScore")} of ${onKubernetes}, ours ${compared.length}`,
    );
    expect(wrong).toEqual([]);
  });

  test("every row is about a mutant", () => {
    const rows = new Set(comparisons.flatMap(({ mutants }) => mutants.map(({ mutant }) => rowOf(mutant))));
    const idle = GROUPS.flatMap((group) => group.rows).filter((row) => !rows.has(row));
    expect(idle.map(({ setting, weak }) => `${setting} ${JSON.stringify(weak)}`)).toEqual([]);
  });

  test.each(["checkov", "kube-score"] as const)("what only %s finds in our stacks is listed, with why", (tool) => {
    const found = new Set(comparisons.flatMap(({ asItIs }) => asItIs[tool]));
    const listed = ONLY_THEIRS.filter((one) => one.tool === tool).flatMap(({ rules }) => rules);
    expect([...found].sort()).toEqual(listed.toSorted());
  });
});

/** checkov's checks of a cluster's own flags, of which there are eighty: see LEFT_OUT. */
const isOfControlPlane = (id: string): boolean => {
  const number = Number(/^CKV_K8S_(\d+)$/.exec(id)?.[1]);
  return number >= 68 && number <= 149;
};

test("every rule of theirs that is named exists, and each of theirs for Kubernetes is named", {
  timeout: 10 * MINUTES,
}, async () => {
  const checkov = [...(await checkovChecks())];
  const kubeScore = (await kubeScoreChecks()).map(({ id }) => id);
  const named = [...namedBy("checkov"), ...namedBy("kube-score")];
  expect(named.filter((rule) => ![...checkov, ...kubeScore].includes(rule))).toEqual([]);
  const forKubernetes = checkov.filter((id) => /^CKV2?_K8S_/.test(id) && !isOfControlPlane(id));
  expect([...forKubernetes, ...kubeScore].filter((rule) => !named.includes(rule))).toEqual([]);
});

/** By a policy's metadata, or by one of the two tables. */
function namedBy(tool: OnlyTheirs["tool"]): readonly string[] {
  const asCounterparts = POLICIES.flatMap(({ counterparts }) => counterparts)
    .filter((one) => one.tool === tool)
    .flatMap(({ rules }) => rules.map((rule) => rule.split(" ")[0] ?? ""))
    .filter((rule) => rule !== "none:");
  const onlyTheirs = ONLY_THEIRS.filter((one) => one.tool === tool).flatMap(({ rules }) => rules);
  const key = tool === "checkov" ? "checkov" : "kubeScore";
  return [...asCounterparts, ...onlyTheirs, ...LEFT_OUT.flatMap((one) => one[key] ?? [])];
}
