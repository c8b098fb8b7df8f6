import { expect, test } from "vitest";
import type { Change, Step } from "../engine/result.ts";
import { driftIn } from "./drift.ts";

const step = (name: string, change: Change): Step => ({
  urn: `urn:pulumi:dev::platform::docker:index/container:Container::${name}`,
  type: "docker:index/container:Container",
  name,
  parent: "",
  change,
  state: "done",
  properties: [],
  inputs: {},
});

test("the same differences stand in the same order, in whatever order a refresh ended its reads", () => {
  const steps = [step("third", "delete"), step("second", "update"), step("first", "update"), step("same", "same")];
  for (const ended of [steps, steps.toReversed()])
    expect(driftIn({ steps: ended }).map(({ resource, real }) => [resource, real])).toEqual([
      ["third", "gone"],
      ["first", undefined],
      ["second", undefined],
    ]);
});
