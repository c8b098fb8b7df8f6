import type { Row, Section } from "./rows.ts";

/** What the last run of a test said; the reporter of the tests writes it (tests/support/test-report.ts). */
export interface TestResult {
  /** Relative to the checkout. */
  readonly file: string;
  /** With the titles of the groups around it. */
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
}

export interface Proof {
  readonly section: string;
  readonly row: Row;
  readonly passed: readonly TestResult[];
  /** Tests that name the row and do not prove it: failed or skipped. */
  readonly failed: readonly TestResult[];
}

const tags = /\[requirement ([\w/*%$, -]+)\]/g;

/** The rows that a test's title says it proves: `[requirement health/live, log/*]`. */
export function tagsIn(title: string): readonly string[] {
  return [...title.matchAll(tags)].flatMap(([, names = ""]) => names.split(/,\s*/));
}

/** Whether a tag names a row; `*`, and what vitest fills in (`%s`, `$name`), stand for anything. */
export function names(tag: string, id: string): boolean {
  return new RegExp(`^${tag.replaceAll(/\*|%s|\$\w+/g, ".*")}$`).test(id);
}

/** Each row with the tests of the last report that name it. */
export function proofsOf(sections: readonly Section[], results: readonly TestResult[]): readonly Proof[] {
  const tagged = results
    .map((result) => ({ result, found: tagsIn(result.name) }))
    .filter(({ found }) => found.length > 0);
  return sections.flatMap(({ title, rows }) =>
    rows.map((row) => {
      const own = tagged.filter(({ found }) => found.some((tag) => names(tag, row.id))).map(({ result }) => result);
      return {
        section: title,
        row,
        passed: own.filter(({ state }) => state === "passed"),
        failed: own.filter(({ state }) => state !== "passed"),
      };
    }),
  );
}

/** A row is proven by at least one test that passed, while none that names it failed or was skipped. */
export const isProven = ({ passed, failed }: Proof): boolean => passed.length > 0 && failed.length === 0;

/** A row that should be proven and is not. */
export const isEmpty = (proof: Proof): boolean => proof.row.open === undefined && !isProven(proof);

/** Tags that name no row: slips. */
export function strayTags(sections: readonly Section[], titles: readonly string[]): readonly string[] {
  const ids = sections.flatMap(({ rows }) => rows.map(({ id }) => id));
  return [...new Set(titles.flatMap(tagsIn))].filter((tag) => !ids.some((id) => names(tag, id)));
}
