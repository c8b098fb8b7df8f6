import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openWaiverBook } from "./waiver-book.ts";
import { covers, readWaivers, terms } from "./waivers.ts";

const POLICIES = ["require-probes", "require-rollback"];
const URN = "urn:pulumi:prod::shop::shop:app:App$kubernetes:apps/v1:Deployment::legacy";

const WAIVER = {
  stacks: ["prod"],
  policy: "require-probes",
  resource: "urn:pulumi:prod::shop::*kubernetes:apps/v1:Deployment::legacy",
  reason: "vendor's image without a health page",
  owner: "jane@example.com",
  expires: "2026-12-31",
};
const read = (...waivers: readonly unknown[]) => readWaivers({ waivers }, "waivers.yaml", POLICIES);

describe("a waiver", () => {
  test("is read with its place; a ticket may be left out", () => {
    const { waivers, problems } = read(WAIVER, { ...WAIVER, ticket: "OPS-7" });
    expect(problems).toEqual([]);
    expect(waivers.map(({ place }) => place)).toEqual(["waivers.yaml, waiver 1", "waivers.yaml, waiver 2"]);
    expect(waivers.map(terms)).toEqual([
      "until 2026-12-31 by jane@example.com (vendor's image without a health page)",
      "until 2026-12-31 by jane@example.com (vendor's image without a health page, OPS-7)",
    ]);
  });

  test.each<[string, object, RegExp]>([
    ["no stacks", { stacks: undefined }, /stacks: a list/],
    ["every stack", { stacks: ["*"] }, /stacks: a list/],
    ["another policy", { policy: "all" }, /policy: "all" is none of require-probes, require-rollback/],
    ["every resource", { resource: "*" }, /resource: a URN whose name is said/],
    ["every name", { resource: "urn:pulumi:prod::shop::kubernetes:apps/v1:Deployment::*" }, /resource: a URN/],
    ["no reason", { reason: "  " }, /reason: say why/],
    ["no owner", { owner: undefined }, /owner: who/],
    ["no day", { expires: "soon" }, /expires: the last day/],
    ["a day that is none", { expires: "2026-02-30" }, /expires: the last day/],
    ["a key too many", { until: "2026-12-31" }, /has no key until/],
  ])("with %s does not hold", (_, change, message) => {
    const { waivers, problems } = read({ ...WAIVER, ...change });
    expect(waivers).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(message)]);
    expect(problems[0]).toMatch(/^waivers\.yaml, waiver 1: /);
  });

  test("all problems are told at once", () => {
    expect(read({}, "text").problems.length).toBeGreaterThan(5);
    expect(readWaivers({}, "waivers.yaml", POLICIES).problems).toEqual(["waivers.yaml: has no list `waivers:`"]);
  });

  test.each<[string, string, boolean]>([
    ["require-probes", URN, true],
    ["require-rollback", URN, false],
    ["require-probes", `${URN}-2`, false],
    ["require-probes", URN.replace("prod", "staging"), false],
    ["require-probes", URN.replace("::shop::", "::shop::x::"), false],
    ["require-probes", URN.replace("Deployment", "StatefulSet"), false],
  ])("covers %s at %s: %s", (policy, urn, expected) => {
    const [waiver] = read(WAIVER).waivers;
    expect(waiver !== undefined && covers(waiver, policy, urn)).toBe(expected);
  });
});

describe("the book", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "waivers-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = async (today: string, ...waivers: readonly object[]) => {
    const file = join(folder, "waivers.yaml");
    writeFileSync(file, JSON.stringify({ waivers }));
    const book = openWaiverBook(POLICIES, today);
    await book.load(file);
    return book;
  };

  test("a waiver holds until the end of its last day", async () => {
    expect((await open("2026-12-31", WAIVER)).waiverFor("require-probes", URN)).toBeDefined();
    const late = await open("2027-01-01", WAIVER);
    expect(late.waiverFor("require-probes", URN)).toBeUndefined();
    expect(late.problems("prod")).toEqual([
      "waivers.yaml, waiver 1: require-probes: expired on 2026-12-31; jane@example.com answers for it",
    ]);
    expect(late.problems("staging")).toEqual([]);
    expect(late.unused("prod")).toEqual([]);
  });

  test("one that is not needed is told, in its stacks only", async () => {
    const book = await open("2026-06-01", WAIVER);
    expect(book.unused("prod")).toHaveLength(1);
    expect(book.unused("staging")).toEqual([]);
    book.waiverFor("require-rollback", URN);
    expect(book.unused("prod")).toHaveLength(1);
    book.waiverFor("require-probes", URN);
    expect(book.unused("prod")).toEqual([]);
  });

  test("a file that is named and not there, or no YAML, is a problem", async () => {
    const book = openWaiverBook(POLICIES, "2026-06-01");
    await book.load(join(folder, "none.yaml"));
    expect(book.problems("prod")).toEqual([expect.stringMatching(/none\.yaml: cannot be read: ENOENT/)]);
    writeFileSync(join(folder, "bad.yaml"), "waivers: [");
    const other = openWaiverBook(POLICIES, "2026-06-01");
    await other.load(join(folder, "bad.yaml"));
    expect(other.problems("prod")).toEqual([expect.stringMatching(/bad\.yaml: cannot be read: /)]);
  });
});
