import { beforeAll, describe, expect, test } from "vitest";
import { type TargetName, targetNames } from "./contracts.ts";
import { faults as docker } from "./docker/faults.ts";
import { faults as ecs } from "./ecs/faults.ts";
import { type Fault, withFault } from "./fault.ts";
import { type Case, caseOf, judge } from "./judge.ts";
import { faults as kubernetes } from "./kubernetes/faults.ts";
import { samplePlatform } from "./samples.ts";

const faults: Readonly<Record<TargetName, readonly Fault[]>> = { docker, ecs, kubernetes };

/** A contract test that cannot fail proves nothing: every slip is noticed, at the field that it is about. */
describe.each(targetNames)("%s", (target) => {
  let sound: Case;
  beforeAll(async () => {
    const secrets = { tokenSigningKey: { config: "tokenSigningKey" } };
    sound = await caseOf("prod", target, (settings) => samplePlatform(settings.target), { secrets });
  }, 120_000);

  test.each(faults[target])("$workload: $title", (fault) => {
    const { complaints } = judge({ ...sound, rendering: withFault(sound.rendering, fault) });
    const place = `prod on ${target}, ${fault.workload}: ${fault.field}`;
    expect(complaints.map((complaint) => complaint.slice(0, place.length))).toContain(place);
    expect(complaints.join("\n")).toMatch(/: stated .+, found .+/);
  });
});
