import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../../cli/root.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reporter-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const reporter = join(root, "tests", "support", "summary-reporter.ts");
  writeFileSync(
    join(folder, "vitest.config.ts"),
    `import Reporter from ${JSON.stringify(reporter)};\nexport default { test: { reporters: ["default", new Reporter()] } };`,
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

function runOf(...tests: readonly string[]): { status: number | null; lines: readonly string[] } {
  tests.forEach((body, index) => {
    writeFileSync(join(folder, `${index}.test.ts`), `import { expect, test } from "vitest";\n${body}`);
  });
  const words = ["run", "--root", folder, "--config", join(folder, "vitest.config.ts")];
  const { status, stdout } = spawnSync(join(root, "node_modules", ".bin", "vitest"), words, { encoding: "utf8" });
  return { status, lines: stdout.trimEnd().split("\n") };
}

test("the last line is the counts alone; skipped tests say why", () => {
  const { status, lines } = runOf(
    `test("good", () => expect(1).toBe(1));
     test("no daemon", ({ skip }) => skip("Docker is not there"));
     test.skip("later", () => undefined);`,
  );
  expect(status).toBe(0);
  expect(lines.slice(-5)).toEqual([
    "skipped, Docker is not there:",
    "  0.test.ts > no daemon",
    "skipped, no reason given:",
    "  0.test.ts > later",
    "1 passed, 0 failed, 2 skipped",
  ]);
});

test("a failed test, a file that cannot be loaded and an error outside of tests all count as failed", () => {
  const { status, lines } = runOf(
    `test("bad", () => expect(1).toBe(2));`,
    `throw new Error("no such thing");`,
    `test("good", () => { setTimeout(() => { throw new Error("late"); }, 0); return new Promise((r) => setTimeout(r, 50)); });`,
  );
  expect(status).toBe(1);
  expect(lines.at(-1)).toBe("1 passed, 3 failed, 0 skipped");
});
