import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readReport, reportPath, writeReport } from "./report.ts";

let checkout: string;
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "report-"));
  for (const file of ["a.test.ts", "b.full.test.ts"]) writeFileSync(join(checkout, file), "");
});
afterEach(() => rmSync(checkout, { recursive: true }));

const result = (file: string, name: string) => ({ file, name, state: "passed" }) as const;

test("a run replaces what its files said, keeps the other tier's, and drops what is of files that are gone", () => {
  writeReport(checkout, [result("a.test.ts", "old"), result("gone.test.ts", "x")]);
  writeReport(checkout, [result("b.full.test.ts", "b")]);
  writeReport(checkout, [result("a.test.ts", "new")]);
  expect(readReport(checkout)).toEqual([result("b.full.test.ts", "b"), result("a.test.ts", "new")]);
});

test("without a report, or with one that is none, it is said what to do", () => {
  expect(() => readReport(checkout)).toThrow("no test has run in this checkout: ./platform test");
  mkdirSync(join(checkout, "test-results"));
  writeFileSync(join(checkout, reportPath), `[{"file":"a.test.ts"}]`);
  expect(() => readReport(checkout)).toThrow("delete it and run them again");
  writeFileSync(join(checkout, reportPath), "[");
  expect(() => readReport(checkout)).toThrow("delete it and run them again");
});
