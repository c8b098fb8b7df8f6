import { expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { describePlatform, isWorkload, membersOf, mountedFile } from "../specification.ts";
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

test("on ECS all containers of tasks are listed, on Docker the stack's alone: those of a task are in the network of one without the stack's label", () => {
  const listed = (stack: "dev" | "prod", target: string) =>
    /values:\n\s+- (\S+)/.exec(
      mountedFile(describePlatform(settingsOf(stack, target)), "promtail", "/etc/promtail/promtail.yml"),
    )?.[1];
  expect(listed("dev", "docker")).toBe("stack=dev");
  expect(listed("prod", "ecs")).toBe("com.amazonaws.ecs.cluster");
});
