import type { Reporter, SerializedError, TestCase, TestModule, Vitest } from "vitest/node";
import { coverageByFolder } from "./coverage.ts";

/**
 * Prints coverage by folder, why tests were skipped and, as the very last line, the plain counts: CI reads that line.
 * A file that could not be loaded and an error outside of any test count as failed.
 */
export default class SummaryReporter implements Reporter {
  readonly #counts = { passed: 0, failed: 0, skipped: 0 };
  readonly #skipped = new Map<string, string[]>();
  #filtered = false;
  #coverage: string | undefined;

  onInit({ config }: Vitest): void {
    this.#filtered = config.testNamePattern !== undefined;
    if (config.coverage.enabled) this.#coverage = config.coverage.reportsDirectory;
    // Coverage is printed after the run's end, and other reporters may follow this one.
    process.once("exit", () => this.#print());
  }

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state === "pending") return;
    this.#counts[result.state] += 1;
    if (result.state !== "skipped") return;
    const reason = result.note ?? "no reason given";
    this.#skipped.set(reason, [
      ...(this.#skipped.get(reason) ?? []),
      `${test.module.relativeModuleId} > ${test.fullName}`,
    ]);
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const broken = modules.filter((module) => module.errors().length > 0);
    this.#counts.failed += broken.length + errors.length;
  }

  #print(): void {
    if (this.#coverage !== undefined) console.log(coverageByFolder(this.#coverage));
    if (!this.#filtered) for (const line of this.#reasons()) console.log(line);
    const { passed, failed, skipped } = this.#counts;
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  }

  #reasons(): readonly string[] {
    return [...this.#skipped].flatMap(([reason, tests]) => [
      `skipped, ${reason}:`,
      ...tests.map((test) => `  ${test}`),
    ]);
  }
}
