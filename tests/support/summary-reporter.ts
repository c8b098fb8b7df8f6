import type { Reporter, TestCase } from "vitest/node";

/** Prints why tests were skipped, and last a plain line that counts: CI reads it. */
export default class SummaryReporter implements Reporter {
  readonly #counts = { passed: 0, failed: 0, skipped: 0 };
  readonly #skipped: string[] = [];

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state === "pending") return;
    this.#counts[result.state] += 1;
    if (result.state === "skipped")
      this.#skipped.push(`skipped: ${test.fullName}: ${result.note ?? "no reason given"}`);
  }

  onTestRunEnd(): void {
    const { passed, failed, skipped } = this.#counts;
    for (const line of this.#skipped) console.log(line);
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
}
