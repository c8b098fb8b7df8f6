import { describe, expect, test } from "vitest";
import { settingsOf, stacks } from "../tests/support/stacks.ts";
import { describePlatform, isWorkload, membersOf } from "./specification.ts";

describe.each(stacks)("%s", (stack) => {
  const workloads = membersOf(describePlatform(settingsOf(stack, "kubernetes"))).filter(isWorkload);

  test("a start that takes longer than expected kills nothing that lives: startup asks what liveness does", () => {
    const slow = workloads.filter(({ probes }) => probes.startup !== undefined);
    expect(slow.map(({ name }) => name)).toEqual(expect.arrayContaining(["database", "cache", "prometheus", "loki"]));
    expect(slow.map(({ name, probes }) => [name, probes.startup?.check])).toEqual(
      slow.map(({ name, probes }) => [name, probes.liveness.check]),
    );
  });
});
