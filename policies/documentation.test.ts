import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderPoliciesDocument } from "./documentation.ts";
import { POLICIES } from "./policies.ts";

const document = renderPoliciesDocument();

test("docs/policies.md is up to date", () => {
  expect(readFileSync(new URL("../docs/policies.md", import.meta.url), "utf8")).toBe(document);
});

test("every policy is in it: why, repair, both sides of each example, and the counterparts", () => {
  for (const { name, why, remedies, examples, counterparts } of POLICIES) {
    expect(document).toContain(`## ${name}\n`);
    expect(document).toContain(why);
    for (const { code } of remedies) expect(document).toContain(code);
    for (const { title } of examples) expect(document).toContain(`#### ${title}\n`);
    for (const { rules } of counterparts) for (const rule of rules) expect(document).toContain(rule);
  }
});

test("examples are code that a person can copy", () => {
  expect(document).toContain('new kubernetes.apps.v1.Deployment("api", {');
  expect(document).toContain(
    'new aws.ecs.TaskDefinition("api", {\n  family: "api",\n  containerDefinitions: JSON.stringify([',
  );
  expect(document).toContain('new docker.Container("api", ');
});
