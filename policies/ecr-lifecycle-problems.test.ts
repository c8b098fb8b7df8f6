import { describe, expect, test } from "vitest";
import { readDocument } from "./ecr-lifecycle-document.ts";
import { lifecycleProblems } from "./ecr-lifecycle-problems.ts";
import { at, type Properties, rootOf, type Value } from "./values.ts";

const EXPIRE = { type: "expire" };
const ARCHIVE = { type: "transition", targetStorageClass: "archive" };

const rule = (rulePriority: number, selection: Properties, action: Properties = EXPIRE): Properties => ({
  rulePriority,
  selection: {
    tagStatus: "any",
    ...(selection.countType === undefined ? { countType: "imageCountMoreThan" } : {}),
    ...selection,
  },
  action,
});

const tagged = (priority: number, pattern: string, countNumber: number): Properties =>
  rule(priority, { tagStatus: "tagged", tagPatternList: [pattern], countNumber });
const days = (countNumber: number, event = "Pushed"): Properties => ({
  countType: `sinceImage${event}`,
  countUnit: "days",
  countNumber,
});

const read = (...rules: readonly Value[]) => readDocument(at(rootOf({ rules }), "rules"));
const problems = (rules: readonly Value[], releases = 2): readonly string[] => {
  const { rules: valid, refused } = read(...rules);
  expect(refused).toEqual([]);
  return lifecycleProblems(valid, releases).map(({ problem }) => problem);
};

describe("good rules have no problem", () => {
  test.each<[string, readonly Value[], number]>([
    ["releases first, the rest after them", [tagged(1, "release-*", 10), rule(2, { countNumber: 30 })], 10],
    [
      "what runs, releases, untagged, the rest",
      [
        tagged(1, "live-*", 9999),
        tagged(2, "release-*", 10),
        rule(3, { tagStatus: "untagged", ...days(1) }),
        rule(4, { countNumber: 30 }),
      ],
      10,
    ],
    ["a service's releases each", [tagged(1, "api-*", 5), tagged(2, "web-*", 5), rule(9, days(30))], 5],
    [
      "builds are archived, releases never",
      [
        tagged(1, "v*", 20),
        rule(2, days(30, "Pulled"), ARCHIVE),
        rule(3, { storageClass: "archive", ...days(90, "Transitioned") }),
      ],
      20,
    ],
  ])("%s", (_, rules, releases) => expect(problems(rules, releases)).toEqual([]));
});

describe("found", () => {
  test.each<[string, readonly Value[], RegExp]>([
    [
      "plain counting",
      [rule(1, { countNumber: 10 })],
      /not even the running one stays: rule 1 deletes what is not among the newest 10/,
    ],
    [
      "a pattern for everything",
      [tagged(1, "*", 10), rule(2, { tagStatus: "untagged", ...days(1) })],
      /not even the running one/,
    ],
    ["plain age", [rule(1, days(30))], /rule 1 deletes what was pushed more than 30 days ago, whatever runs/],
    [
      "releases by age",
      [rule(1, { tagStatus: "tagged", tagPatternList: ["release-*"], ...days(90) }), rule(2, { countNumber: 9 })],
      /not even the running one/,
    ],
    [
      "too few releases",
      [tagged(1, "release-*", 1), rule(2, { countNumber: 30 })],
      /of the last 2 releases only 1 stays: rule 1/,
    ],
    [
      "one moving tag",
      [tagged(1, "latest", 5), rule(2, { countNumber: 30 })],
      /of the last 2 releases only 1 stays: rule 2/,
    ],
    [
      "an archive for what runs",
      [rule(1, days(30, "Pulled"), ARCHIVE), rule(2, { storageClass: "archive", ...days(90, "Transitioned") })],
      /rule 1 archives, so that nobody can pull it,/,
    ],
    ["only untagged images", [rule(1, { tagStatus: "untagged", ...days(14) })], /no rule deletes tagged images/],
    [
      "tags that no rule names",
      [tagged(1, "v*", 10), rule(2, { tagStatus: "untagged", ...days(14) })],
      /a tag that no rule names/,
    ],
    ["untagged images for ever", [tagged(1, "v*", 10), tagged(2, "*", 50)], /without a tag/],
    ["an archive that is never emptied", [tagged(1, "v*", 10), rule(2, days(30), ARCHIVE)], /pile up/],
    [
      "a shadowed rule",
      [tagged(1, "rel*", 50), tagged(2, "release-*", 10), rule(3, { countNumber: 30 })],
      /rule 2 is shadowed: rule 1/,
    ],
    [
      "a pattern that no tag can have",
      [tagged(1, "release/*", 10), tagged(2, "v*", 10), rule(3, { countNumber: 9 })],
      /rule 1 can never match: no tag looks like "release\/\*"/,
    ],
    [
      "a regular expression",
      [tagged(1, "^v[0-9]", 10), tagged(2, "v*", 10), rule(3, { countNumber: 9 })],
      /rule 1 can never match/,
    ],
    [
      "an archive that nothing reaches",
      [
        tagged(1, "v*", 10),
        rule(2, { countNumber: 9 }),
        rule(3, { storageClass: "archive", ...days(90, "Transitioned") }),
      ],
      /rule 3 can never match: it is about archived images/,
    ],
  ])("%s", (_, rules, message) => {
    expect(problems(rules)).toEqual([expect.stringMatching(message)]);
  });
});

describe("refused, as ECR would", () => {
  test.each<[string, readonly Value[], RegExp]>([
    ["nothing in it", [{}], /rules\[0\]: rulePriority/],
    ["priority 0", [rule(0, { countNumber: 1 })], /rulePriority is no whole number from 1/],
    ["a priority twice", [tagged(1, "a*", 1), tagged(1, "b*", 1)], /rulePriority 1 is given to more than one rule/],
    ["any first", [rule(1, { countNumber: 1 }), tagged(2, "a*", 1)], /rule 1: any comes last, after rule 2/],
    [
      "tagged without tags",
      [rule(1, { tagStatus: "tagged", countNumber: 1 })],
      /either tagPatternList or tagPrefixList/,
    ],
    [
      "both lists",
      [rule(1, { tagStatus: "tagged", tagPatternList: ["a"], tagPrefixList: ["b"], countNumber: 1 })],
      /either/,
    ],
    [
      "tags for untagged",
      [rule(1, { tagStatus: "untagged", tagPatternList: ["a"], countNumber: 1 })],
      /untagged takes neither/,
    ],
    ["five wildcards", [tagged(1, "*a*b*c*d*", 1)], /more than four \*/],
    ["count 0", [rule(1, { countNumber: 0 })], /countNumber from 1 on/],
    ["age without its unit", [rule(1, { countType: "sinceImagePushed", countNumber: 1 })], /countUnit: days/],
    ["a unit for a count", [rule(1, { countNumber: 1, countUnit: "days" })], /countUnit/],
    ["deleting what was not pulled", [rule(1, days(30, "Pulled"))], /sinceImagePulled archives, it cannot expire/],
    [
      "an early end of the archive",
      [rule(1, { storageClass: "archive", ...days(30, "Transitioned") })],
      /after 90 days/,
    ],
    ["the wrong class", [rule(1, { storageClass: "archive", countNumber: 1 })], /storageClass is archive with/],
    ["an unknown action", [rule(1, { countNumber: 1 }, { type: "delete" })], /action is neither/],
    [
      "two rules for untagged",
      [rule(1, { tagStatus: "untagged", countNumber: 1 }), rule(2, { tagStatus: "untagged", countNumber: 2 })],
      /more than one rule selects untagged/,
    ],
    ["the same tags twice", [tagged(1, "a*", 1), tagged(2, "a*", 2)], /more than one rule selects a\*/],
  ])("%s", (_, rules, message) => {
    expect(read(...rules).refused).toContainEqual(expect.stringMatching(message));
  });
});
