import { expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { describePlatform, isWorkload, membersOf } from "../specification.ts";
import { isWrittenOnHost } from "../workload/index.ts";

test.each(["docker", "kubernetes", "ecs"])("two stacks on one host of %s write to no folder together", (target) => {
  const written = (["dev", "staging", "prod"] as const).flatMap((stack) =>
    membersOf(describePlatform(settingsOf(stack, target)))
      .filter(isWorkload)
      .flatMap(({ volumes }) => volumes.filter(isWrittenOnHost).map(({ hostPath }) => hostPath)),
  );
  expect(written).toHaveLength(3);
  expect(new Set(written).size).toBe(3);
});
