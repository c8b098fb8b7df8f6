import { describe, expect, test } from "vitest";
import { lifecyclePolicy, lifecycleRules, mostStacks, retention, stacksProblem } from "./retention.ts";

const REGISTRY = { keep: 10, rollbackDepth: 9, stacks: ["staging", "prod"] };

describe("retention of images", () => {
  const rules = lifecycleRules(REGISTRY);

  test("shields what runs before anything is counted", () => {
    expect(rules[0]).toMatchObject({
      rulePriority: 1,
      selection: {
        tagStatus: "tagged",
        tagPatternList: ["live-*"],
        countType: "imageCountMoreThan",
        countNumber: 9999,
      },
    });
  });

  test("keeps as many releases of each stack as stated, those of several first", () => {
    const kept = rules
      .slice(1, 4)
      .map(({ selection: { tagPatternList, countNumber } }) => [tagPatternList, countNumber]);
    expect(kept).toEqual([
      [["release-staging-*", "release-prod-*"], 10],
      [["release-staging-*"], 10],
      [["release-prod-*"], 10],
    ]);
  });

  test("is written as ECR reads it: rising priorities, `any` last", () => {
    expect(rules.map(({ rulePriority }) => rulePriority)).toEqual([1, 2, 3, 4, 5, 6]);
    const statuses = rules.map(({ selection }) => selection.tagStatus);
    expect(statuses).toEqual(["tagged", "tagged", "tagged", "tagged", "untagged", "any"]);
    expect(JSON.parse(lifecyclePolicy(REGISTRY))).toEqual({ rules });
  });

  test("as many stacks as are allowed make fewer rules and letters than ECR takes (50 and 30,720)", () => {
    const stacks = Array.from({ length: mostStacks }, (_, number) => `stack-of-a-long-name${number}`);
    expect(lifecycleRules({ ...REGISTRY, stacks }).length).toBeLessThanOrEqual(50);
    expect(lifecyclePolicy({ ...REGISTRY, stacks }).length).toBeLessThanOrEqual(30_720);
    expect(() => lifecycleRules({ ...REGISTRY, stacks: [...stacks, "more"] })).toThrow(/6 stacks: a registry serves/);
    expect(() => lifecycleRules({ ...REGISTRY, stacks: [] })).toThrow(/0 stacks/);
  });

  test.each([
    [["prod", "prod-eu"], /prod-eu would be counted among the releases of prod /],
    [["prod-eu", "prod"], /prod-eu would be counted among the releases of prod /],
    [["prod", "prod"], /prod would be counted/],
  ])("refuses stacks whose releases look alike: %j", (stacks, message) => {
    expect(() => lifecycleRules({ ...REGISTRY, stacks })).toThrow(message);
  });

  test("takes stacks whose names only begin alike", () => {
    expect(stacksProblem(["prod", "prod2", "eu-prod"])).toBeUndefined();
  });

  test.each([
    [{ keep: 9, rollbackDepth: 9 }, /images\.keep 9 must be a whole number above images\.rollbackDepth 9/],
    [{ keep: 10, rollbackDepth: 0 }, /images\.rollbackDepth 0 must be/],
    [{ keep: 10.5, rollbackDepth: 2 }, /images\.keep 10\.5/],
  ])("refuses %j", (value, message) => expect(() => retention(value)).toThrow(message));
});
