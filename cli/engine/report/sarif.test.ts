import { expect, test } from "vitest";
import { POLICIES } from "../../../policies/policies.ts";
import { at, entries, list, text } from "../../../tests/support/json.ts";
import { toSarif } from "./sarif.ts";

const finding = {
  policy: "require-probes",
  pack: "trading-platform",
  urn: "urn:pulumi:prod::p::kubernetes:apps/v1:Deployment::web",
  resource: "web",
  type: "kubernetes:apps/v1:Deployment",
  message: "web: require-probes: livenessProbe is missing;\n  repair: livenessProbe: { … } (https://kubernetes.io)",
};
const waived = {
  ...finding,
  message: "web: require-probes: waived until 2026-12-31 by jane (old): livenessProbe is missing",
};
const aboutStack = {
  ...finding,
  policy: "forbid-unused-waivers",
  urn: "",
  resource: "",
  type: "",
  message: "waiver 1",
};

const sarif = (...results: Parameters<typeof toSarif>[0]): unknown => JSON.parse(toSarif(results));

test("every policy is a rule, and every result names its rule", () => {
  const log = sarif({ stack: "prod", violations: [finding], warnings: [aboutStack] });
  expect(at(log, "version")).toBe("2.1.0");
  expect(list(at(log, "runs"))).toHaveLength(1);
  const ids = list(at(log, "runs", 0, "tool", "driver", "rules")).map((rule) => text(at(rule, "id")));
  expect(ids).toEqual([...POLICIES.map(({ name }) => name), "forbid-unused-waivers"]);
  for (const result of list(at(log, "runs", 0, "results"))) {
    expect(ids[Number(at(result, "ruleIndex"))]).toBe(at(result, "ruleId"));
  }
});

test("a result has level, one line, the stack's file and the resource", () => {
  const log = sarif(
    { stack: "prod", violations: [finding], warnings: [] },
    { stack: "bootstrap", violations: [], warnings: [finding] },
  );
  const [first, second] = list(at(log, "runs", 0, "results"));
  expect(first).toMatchObject({
    level: "error",
    message: { text: expect.stringMatching(/^prod: web: require-probes: [^\n]+$/) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: "Pulumi.prod.yaml" }, region: { startLine: 1 } },
        logicalLocations: [{ name: "web", fullyQualifiedName: finding.urn, kind: "resource" }],
      },
    ],
  });
  expect(second).toMatchObject({ level: "warning" });
  expect(JSON.stringify(second)).toContain("bootstrap/Pulumi.bootstrap.yaml");
});

test("what is waived is suppressed, with its terms", () => {
  const [result] = list(at(sarif({ stack: "prod", violations: [], warnings: [waived] }), "runs", 0, "results"));
  expect(at(result, "suppressions")).toEqual([
    { kind: "external", justification: "waived until 2026-12-31 by jane (old)" },
  ]);
});

test("a finding keeps its fingerprint when only a number in it changes, and no other has it", () => {
  const fingerprintOf = (change: Partial<typeof finding>): unknown =>
    at(
      sarif({ stack: "prod", violations: [{ ...finding, ...change }], warnings: [] }),
      "runs",
      0,
      "results",
      0,
      "partialFingerprints",
    );
  const keep = (number: number) => ({ message: `web: keep (${number}) is less; repair: keep: ${number + 1}` });
  expect(fingerprintOf(keep(3))).toEqual(fingerprintOf(keep(5)));
  expect(fingerprintOf({ urn: `${finding.urn}-2` })).not.toEqual(fingerprintOf({}));
  expect(entries(fingerprintOf({})).map(([name]) => name)).toEqual(["finding/v1"]);
});
