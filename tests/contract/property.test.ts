import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { entries } from "../support/json.ts";
import { configOf } from "../support/stacks.ts";
import { targetNames } from "./contracts.ts";
import { anyMembers, platformFor } from "./generated.ts";
import { caseOf, judge } from "./judge.ts";

/** Hosts on which any platform of this size fits. */
const large = { instanceType: "m7i.4xlarge" };
const more = {
  ecs: {
    ...Object.fromEntries(entries(configOf("prod").ecs)),
    hosts: { ...large, minimum: 3, maximum: 8 },
    monitoringHost: large,
  },
};

/** Renderings of each target. */
const numRuns = 8;

describe.each(targetNames)("%s", (target) => {
  test("of any spec that it takes, what was stated is what came out, or a row of its differences", async () => {
    await fc.assert(
      fc.asyncProperty(anyMembers, async (members) => {
        const made = await caseOf("prod", target, (settings) => platformFor(settings.target, members), more);
        expect(judge(made).complaints).toEqual([]);
      }),
      { numRuns },
    );
  }, 120_000);
});
