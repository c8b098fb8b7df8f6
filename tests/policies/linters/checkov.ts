import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ensurePython } from "../../../cli/setup/python.ts";

export type Framework = "kubernetes" | "terraform_plan";

const record = z.object({ check_id: z.string(), file_path: z.string() });
const report = z.object({
  results: z.object({ failed_checks: z.array(record) }),
  summary: z.object({ parsing_errors: z.number() }),
});

/** Ids of the checks that fail in each document, sorted; one run for all of them. Throws where one cannot be read. */
export async function checkovFailures(
  framework: Framework,
  documents: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const folder = mkdtempSync(join(tmpdir(), "trading-platform-checkov-"));
  try {
    for (const [index, text] of documents.entries()) writeFileSync(join(folder, `${index}.json`), text);
    // Checks of what belongs together read references, which the documents do not have: CKV2.
    const words = ["-d", folder, "--framework", framework, "--skip-check", "CKV2_*", "--output", "json", "--quiet"];
    const said = await checkov(...words, "--compact", "--soft-fail");
    const { results, summary } = report.parse(JSON.parse(said));
    if (summary.parsing_errors > 0) throw new Error(`checkov could not read ${summary.parsing_errors} documents`);
    return documents.map((_, index) => {
      const failed = results.failed_checks.filter(({ file_path }) => file_path === `/${index}.json`);
      return [...new Set(failed.map(({ check_id }) => check_id))].sort();
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every check that it has: `| 12 | CKV_K8S_8 | …` in its list. */
export async function checkovChecks(): Promise<ReadonlySet<string>> {
  return new Set((await checkov("--list")).match(/\bCKV2?_[A-Z0-9]+_\d+\b/g) ?? []);
}

/** It reads nothing from its vendor's server. */
async function checkov(...words: readonly string[]): Promise<string> {
  const python = await ensurePython(join(import.meta.dirname, "requirements.txt"), "checkov");
  return execFileSync(python.command, ["-m", "checkov.main", ...words, "--skip-download"], {
    env: { ...python.environment, LOG_LEVEL: "ERROR" },
    encoding: "utf8",
    timeout: 300_000,
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["ignore", "pipe", "ignore"],
  });
}
