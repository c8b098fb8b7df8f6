import { expect, test } from "vitest";
import { root } from "../root.ts";
import { taggedFiles } from "./documentation.ts";
import { isEmpty, isProven, names, proofsOf, strayTags, type TestResult, tagsIn } from "./proofs.ts";
import { requirement } from "./rows.ts";

const sections = [
  {
    title: "1",
    rows: [
      { id: "health/live", asks: "a" },
      { id: "health/ready", asks: "b" },
      { id: "next/vault", asks: "c", open: "later" },
    ],
  },
];

const result = (name: string, state: TestResult["state"]): TestResult => ({ file: "a.test.ts", name, state });
const words = (results: readonly TestResult[]) =>
  proofsOf(sections, results).map((proof) => (isEmpty(proof) ? "empty" : isProven(proof) ? "proven" : "open"));

test("a row is proven by a test that passed, and by none that failed or was skipped", () => {
  expect(words([])).toEqual(["empty", "empty", "open"]);
  expect(words([result("x [requirement health/live]", "passed")])).toEqual(["proven", "empty", "open"]);
  expect(words([result("x [requirement health/live, health/ready]", "passed")])).toEqual(["proven", "proven", "open"]);
  const both = [result("x [requirement health/*]", "passed"), result("y [requirement health/live]", "skipped")];
  expect(words(both)).toEqual(["empty", "proven", "open"]);
  expect(words([result("x [requirement health/*]", "failed")])).toEqual(["empty", "empty", "open"]);
  expect(words([result("x [requirement next/vault]", "passed")])).toEqual(["empty", "empty", "proven"]);
});

test("a title's tags, also those that vitest fills in", () => {
  expect(tagsIn("a [requirement log/user, log/*] b [requirement file/%s]")).toEqual(["log/user", "log/*", "file/%s"]);
  expect(tagsIn("no [requirements]")).toEqual([]);
  expect(names("file/%s", "file/rules")).toBe(true);
  expect(names("file/$name", "log/user")).toBe(false);
});

test("no row is listed twice, each but the open ones is named by a test, and no test names what is no row", () => {
  const rows = requirement.flatMap((section) => section.rows);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  const tags = taggedFiles(root).flatMap((file) => file.tags);
  // What is filled in stands behind the group, or the page would name the file at every row.
  expect(tags.filter((tag) => !/^\w+\//.test(tag))).toEqual([]);
  expect(rows.filter(({ id, open }) => open === undefined && !tags.some((tag) => names(tag, id)))).toEqual([]);
  expect(strayTags(requirement, [...tags.map((tag) => `[requirement ${tag}]`)])).toEqual([]);
});
