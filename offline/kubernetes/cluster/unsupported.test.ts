import { expect, test } from "vitest";
import { ClusterProvider } from "./provider.ts";
import { configProblems } from "./unsupported.ts";

const check = (type: string, metadata: Readonly<Record<string, string | Readonly<Record<string, string>>>>) =>
  new ClusterProvider()
    .check(`urn:pulumi:prod::p::kubernetes:${type}::thing`, { metadata })
    .problems.map(({ property, reason }) => `${property} ${reason}`);

test("what only the official plugin does is refused by name, nothing is ignored", () => {
  expect(check("helm.sh/v3:Release", {})).toEqual([
    expect.stringMatching(/Release is not made by the driver.*only the official/),
  ]);
  expect(check("core/v1:ConfigMap", { generateName: "a-" })).toEqual([expect.stringMatching(/^metadata.generateName/)]);
  const annotated = (name: string, value: string) =>
    check("core/v1:ConfigMap", { annotations: { [`pulumi.com/${name}`]: value } });
  expect(annotated("waitFor", "condition=Ready")).toEqual([expect.stringMatching(/only the official/)]);
  expect(annotated("skipAwiat", "true")).toEqual([expect.stringMatching(/is not known; Pulumi knows.*skipAwait/)]);
  expect(annotated("timeoutSeconds", "5m")).toEqual([expect.stringMatching(/must be whole seconds/)]);
  for (const [name, value] of [
    ["skipAwait", "true"],
    ["timeoutSeconds", "30"],
    ["patchForce", "true"],
  ] as const) {
    expect(annotated(name, value)).toEqual([]);
  }
});

test("so is what a provider resource says", () => {
  expect(configProblems({ context: "a", kubeconfig: "b", deleteUnreachable: "false", __internal: {} })).toEqual([]);
  expect(configProblems({ renderYamlToDirectory: "x" })).toMatchObject([{ property: "renderYamlToDirectory" }]);
  expect(configProblems({ enableServerSideApply: "false" })).toMatchObject([{ property: "enableServerSideApply" }]);
});
