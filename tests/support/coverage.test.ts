import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../cli/root.ts";
import { coverageByFolder } from "./coverage.ts";

test("sums up the files of a folder; says so when there is no report", () => {
  const folder = mkdtempSync(join(tmpdir(), "coverage-"));
  try {
    expect(coverageByFolder(folder)).toContain("no coverage report");
    const figure = (covered: number, total: number) => ({
      lines: { total, covered },
      branches: { total: 0, covered: 0 },
    });
    const files = {
      total: figure(5, 10),
      [join(root, "components/alerts/a.ts")]: figure(1, 2),
      [join(root, "components/alerts/deeper/b.ts")]: figure(1, 4),
      [join(root, "index.ts")]: figure(3, 4),
    };
    writeFileSync(join(folder, "coverage-summary.json"), JSON.stringify(files));
    expect(
      coverageByFolder(folder)
        .split("\n")
        .map((line) => line.split(/\s+/)),
    ).toEqual([
      ["folder", "files", "lines", "branches"],
      [".", "1", "75.0%", "-"],
      ["components/alerts", "2", "33.3%", "-"],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
