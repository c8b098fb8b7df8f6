import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Engine, noEngine, startEngine } from "../../policies/testing-engine.ts";
import * as awsClassic from "./aws-classic.ts";
import * as awsxLike from "./awsx-like.ts";
import * as docker from "./docker.ts";
import { EXPECTED } from "./expected.ts";
import * as plainKubernetes from "./plain-kubernetes.ts";
import * as yamlKubernetes from "./yaml-kubernetes.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());
beforeEach((context) => {
  const reason = noEngine();
  if (reason !== undefined) context.skip(reason);
});

/** What is found, in order, one line each, without repair and page. */
async function findings(program: () => void): Promise<readonly string[]> {
  const { reported, output } = await engine.run(program);
  expect(output).not.toMatch(/error: (?!preview failed)/);
  return reported
    .map(({ policy, blocks, message }) => {
      const [resource = "", , ...problem] = (message.split("; repair: ")[0] ?? "").split(": ");
      return `${blocks ? "blocks" : "warns"} ${policy} ${resource}: ${problem.join(": ")}`;
    })
    .toSorted();
}

const programs = Object.entries({ plainKubernetes, yamlKubernetes, awsClassic, awsxLike, docker }).flatMap(
  ([style, { careless, careful }]) => [
    { style, care: "careless" as const, program: careless },
    { style, care: "careful" as const, program: careful },
  ],
);

test.each(programs)("$style, $care: exactly what is expected", async ({ style, care, program }) => {
  expect(await findings(program)).toEqual(EXPECTED[style]?.[care]);
});

test("what is careful is never stopped", () => {
  for (const { careful } of Object.values(EXPECTED)) {
    expect(careful.filter((line) => line.startsWith("blocks"))).toEqual([]);
  }
});
