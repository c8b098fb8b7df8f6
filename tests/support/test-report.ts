import type { Reporter, TestCase, Vitest } from "vitest/node";
import type { TestResult } from "../../cli/requirement/proofs.ts";
import { writeReport } from "../../cli/requirement/report.ts";

/** Leaves what each test said where `./platform requirement` reads it; tests chosen by name alone say too little of their files. */
export default class TestReport implements Reporter {
  readonly #results: TestResult[] = [];
  #checkout: string | undefined;

  onInit({ config }: Vitest): void {
    if (config.testNamePattern === undefined) this.#checkout = config.root;
  }

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result();
    if (state !== "pending") this.#results.push({ file: test.module.relativeModuleId, name: test.fullName, state });
  }

  onTestRunEnd(): void {
    if (this.#checkout !== undefined && this.#results.length > 0) writeReport(this.#checkout, this.#results);
  }
}
