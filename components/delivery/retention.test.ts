import { describe, expect, test } from "vitest";
import { lifecyclePolicy, lifecycleRules, retention } from "./retention.ts";

describe("retention of images", () => {
  const rules = lifecycleRules({ keep: 10, rollbackDepth: 9 });

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

  test("keeps as many releases as stated", () => {
    expect(rules[1]?.selection).toMatchObject({ tagPatternList: ["release-*"], countNumber: 10 });
  });

  test("is written as ECR reads it: rising priorities, `any` last, one pattern a rule", () => {
    expect(rules.map(({ rulePriority }) => rulePriority)).toEqual([1, 2, 3, 4]);
    expect(rules.map(({ selection }) => selection.tagStatus)).toEqual(["tagged", "tagged", "untagged", "any"]);
    for (const { selection } of rules) expect(selection.tagPatternList?.length ?? 1).toBe(1);
    expect(JSON.parse(lifecyclePolicy({ keep: 10, rollbackDepth: 9 }))).toEqual({ rules });
  });

  test.each([
    [{ keep: 9, rollbackDepth: 9 }, /images\.keep 9 must be a whole number above images\.rollbackDepth 9/],
    [{ keep: 10, rollbackDepth: 0 }, /images\.rollbackDepth 0 must be/],
    [{ keep: 10.5, rollbackDepth: 2 }, /images\.keep 10\.5/],
  ])("refuses %j", (value, message) => expect(() => retention(value)).toThrow(message));
});
