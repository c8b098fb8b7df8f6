import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterwards,
  covers,
  type LifecycleRule,
  matches,
  outcomes,
  type StoredImage,
  selects,
} from "./ecr-lifecycle.ts";
import { readDocument } from "./ecr-lifecycle-document.ts";
import { at, type Properties, rootOf, type Value } from "./values.ts";

const TODAY = 100;

/** As the user guide writes a repository: name, tags, days ago. */
const image = (
  digest: string,
  tags: readonly string[],
  daysAgo: number,
  more: Partial<StoredImage> = {},
): StoredImage => ({
  digest,
  tags,
  pushedAt: TODAY - daysAgo,
  storageClass: "standard",
  ...more,
});

const rule = (rulePriority: number, selection: Properties, action: Properties = { type: "expire" }): Properties => ({
  rulePriority,
  selection,
  action,
});

function rulesOf(...rules: readonly Value[]): readonly LifecycleRule[] {
  const { rules: read, refused } = readDocument(at(rootOf({ rules }), "rules"));
  expect(refused).toEqual([]);
  return read;
}

const gone = (rules: readonly LifecycleRule[], images: readonly StoredImage[]): readonly string[] =>
  outcomes(rules, images, TODAY).map((outcome) => outcome.image.digest);

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_examples.html */
describe("the vendor's examples", () => {
  const newest = (priority: number, prefixes: readonly string[], countNumber = 1) =>
    rule(priority, { tagStatus: "tagged", tagPrefixList: prefixes, countType: "imageCountMoreThan", countNumber });

  test("on image age", () => {
    const rules = rulesOf(
      rule(1, {
        tagStatus: "tagged",
        tagPatternList: ["prod*"],
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: 14,
      }),
    );
    const images = [image("A", ["prod1"], 15), image("B", ["prod2"], 14), image("C", ["test"], 99), image("D", [], 99)];
    expect(gone(rules, images)).toEqual(["A"]);
  });

  test("on image count", () => {
    const rules = rulesOf(rule(1, { tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: 1 }));
    expect(gone(rules, [image("A", [], 3), image("B", [], 2), image("C", ["x"], 9), image("D", [], 1)])).toEqual([
      "B",
      "A",
    ]);
  });

  const betas = [image("A", ["beta-1", "prod-1"], 10), image("B", ["beta-2", "prod-2"], 9), image("C", ["beta-3"], 8)];
  test("multiple rules, A: an image of an earlier rule is left alone by a later one", () => {
    expect(gone(rulesOf(newest(1, ["prod"]), newest(2, ["beta"])), betas)).toEqual(["A"]);
  });
  test("multiple rules, B: the other order", () => {
    expect(gone(rulesOf(newest(1, ["beta"]), newest(2, ["prod"])), betas).toSorted()).toEqual(["A", "B"]);
  });

  test("multiple tags in one rule, A: all of them must match", () => {
    const rules = rulesOf(
      rule(1, {
        tagStatus: "tagged",
        tagPrefixList: ["alpha", "beta"],
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: 5,
      }),
    );
    const images = [
      image("A", ["alpha-1"], 12),
      image("B", ["beta-1"], 11),
      image("C", ["alpha-2", "beta-2"], 10),
      image("D", ["alpha-3"], 4),
      image("E", ["beta-3"], 3),
      image("F", ["alpha-4", "beta-4"], 2),
    ];
    expect(gone(rules, images)).toEqual(["C"]);
  });
  test("multiple tags in one rule, B: more tags than those do not matter", () => {
    const images = [
      image("A", ["alpha-1", "beta-1", "gamma-1"], 10),
      image("B", ["alpha-2", "beta-2"], 9),
      image("C", ["alpha-3", "beta-3", "gamma-2"], 8),
    ];
    expect(gone(rulesOf(newest(1, ["alpha", "beta"])), images).toSorted()).toEqual(["A", "B"]);
  });
});

describe("the evaluation rules", () => {
  const any = (countNumber: number) => rule(9, { tagStatus: "any", countType: "imageCountMoreThan", countNumber });

  test("what an earlier rule selects is shielded, and still counted", () => {
    const live = rule(1, {
      tagStatus: "tagged",
      tagPatternList: ["live-*"],
      countType: "imageCountMoreThan",
      countNumber: 9999,
    });
    const images = [
      image("old", ["live-prod"], 50),
      image("b1", ["b1"], 3),
      image("b2", ["b2"], 2),
      image("b3", ["b3"], 1),
    ];
    expect(gone(rulesOf(live, any(2)), images)).toEqual(["b1"]);
    expect(gone(rulesOf(live, any(1)), [...images, image("new", ["live-qa"], 0)]).toSorted()).toEqual([
      "b1",
      "b2",
      "b3",
    ]);
  });

  test("children of a manifest list stay as long as the list", () => {
    const rules = rulesOf(
      rule(1, { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 1 }),
      any(2),
    );
    const child = image("child", [], 50);
    const list = image("list", ["v1"], 49, { children: ["child"] });
    expect(gone(rules, [child, list])).toEqual([]);
    expect(gone(rules, [child, list, image("newer", ["v2"], 1), image("newest", ["v3"], 0)]).toSorted()).toEqual([
      "child",
      "list",
    ]);
    expect(gone(rules, [child])).toEqual(["child"]);
  });

  test("an archived image is another rule's, and goes 90 days later", () => {
    const rules = rulesOf(
      rule(
        1,
        { tagStatus: "any", countType: "sinceImagePulled", countUnit: "days", countNumber: 30 },
        { type: "transition", targetStorageClass: "archive" },
      ),
      rule(2, {
        tagStatus: "any",
        storageClass: "archive",
        countType: "sinceImageTransitioned",
        countUnit: "days",
        countNumber: 90,
      }),
    );
    const images = [image("unused", ["a"], 60), image("pulled", ["b"], 60, { pulledAt: TODAY - 1 })];
    const [archived, standard] = afterwards(rules, images, TODAY);
    expect(archived).toMatchObject({ digest: "unused", storageClass: "archive", archivedAt: TODAY });
    expect(standard).toMatchObject({ digest: "pulled", storageClass: "standard" });
    expect(afterwards(rules, [archived ?? image("", [], 0)], TODAY + 90)).toHaveLength(1);
    expect(afterwards(rules, [archived ?? image("", [], 0)], TODAY + 91)).toEqual([]);
  });
});

describe("patterns", () => {
  test.each<[string, string, boolean]>([
    ["release-*", "release-7", true],
    ["release-*", "release-", true],
    ["release-*", "prerelease-7", false],
    ["*-sha-*", "main-sha-1", true],
    ["latest", "latest", true],
    ["1.2", "1x2", false],
    ["*", "anything", true],
  ])("%s matches %s: %s", (pattern, tag, expected) => expect(matches(pattern, tag)).toBe(expected));

  test("law: a rule that covers another selects every image that the other selects", () => {
    const pattern = fc
      .array(fc.constantFrom("a", "b", "*"), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join(""));
    const tagged = fc.array(pattern, { minLength: 1, maxLength: 2 }).map(
      (patterns): LifecycleRule => ({
        priority: 1,
        tagStatus: "tagged",
        patterns,
        storageClass: "standard",
        count: { kind: "beyond-newest", number: 1 },
        action: "expire",
      }),
    );
    const tags = fc.array(fc.stringMatching(/^[ab]{1,4}$/), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(tagged, tagged, tags, (wide, narrow, names) => {
        const it = { tags: names, storageClass: "standard" as const };
        fc.pre(covers(wide, narrow) && selects(narrow, it));
        expect(selects(wide, it)).toBe(true);
      }),
    );
  });
});
