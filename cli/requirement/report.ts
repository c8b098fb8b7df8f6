import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { UserError } from "../console/error.ts";
import type { TestResult } from "./proofs.ts";

/** Where the tests leave what they said, relative to the checkout; not checked in. */
export const reportPath = join("test-results", "tests.json");

const results = z.array(
  z.object({ file: z.string(), name: z.string(), state: z.enum(["passed", "failed", "skipped"]) }),
);

/**
 * What the last runs of the tests said: both tiers write into one report, and a run takes the place of what its files
 * said before. Throws {@link UserError} where no test has run, or the report is not one.
 */
export function readReport(checkout: string): readonly TestResult[] {
  const path = join(checkout, reportPath);
  if (!existsSync(path)) {
    throw new UserError(`no test has run in this checkout: ./platform test, then ./platform test --full`);
  }
  try {
    return results.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    throw new UserError(`${reportPath} is not what the tests write: delete it and run them again`);
  }
}

/** Puts a run's results in the place of what its files said before; what is of files that are gone goes too. */
export function writeReport(checkout: string, run: readonly TestResult[]): void {
  const path = join(checkout, reportPath);
  const files = new Set(run.map(({ file }) => file));
  const before = existsSync(path) ? readReport(checkout) : [];
  const kept = before.filter(({ file }) => !files.has(file) && existsSync(join(checkout, file)));
  mkdirSync(dirname(path), { recursive: true });
  // Whoever reads it meanwhile finds the old one or the new one.
  const next = `${path}.${process.pid}`;
  writeFileSync(next, JSON.stringify([...kept, ...run]));
  renameSync(next, path);
}
