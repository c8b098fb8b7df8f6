import { describe, expect, test } from "vitest";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { readConfiguration } from "./configuration.ts";
import { longestStop } from "./start.ts";

const cases = ["dev", "staging", "prod"].flatMap((stack) =>
  (["backend", "worker"] as const).map((name) => [stack, name] as const),
);

describe.each(cases)("%s: the spec of %s", (stack, name) => {
  const spec = membersOf(describePlatform(settingsOf(stack)))
    .filter(isWorkload)
    .find((member) => member.name === name);
  if (spec === undefined) throw new Error(`${stack} has no ${name}`);

  test("says everything that the process wants to know", () => {
    const secrets = spec.secretVariables.map(({ name: variable }) => [variable, "s".repeat(32)]);
    const configuration = readConfiguration({ ...spec.variables, ...Object.fromEntries(secrets) }, name);
    expect(configuration.port).toBe(spec.ports[0]?.number);
    expect(configuration.log.level).toBe(spec.logs.level);
    // Drills need them; its stack file says so.
    expect(configuration.faults).toBe(stack === "dev");
  });

  test("is more patient at the end than the process itself", () => {
    expect(spec.placement.rollout.stopGracePeriod.seconds * 1000).toBeGreaterThan(longestStop[name]);
  });
});
