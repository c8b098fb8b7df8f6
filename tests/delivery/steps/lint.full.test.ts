import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { newcomer } from "../../engine/support.ts";
import { makeCheckout } from "./checkout.ts";
import { runJob } from "./steps.ts";

test("the job that lints takes the newest commit, and neither a wrong type nor a rendered file that is out of date", {
  timeout: 600_000,
}, async ({ skip }) => {
  const temporary = mkdtempSync(join(tmpdir(), "trading-platform-lint-"));
  onTestFinished(() => rmSync(temporary, { recursive: true }));
  const checkout = makeCheckout(join(temporary, "checkout"));
  if (checkout === undefined) return skip("there is no git, or the checkout is no repository");
  const environment = newcomer(join(temporary, "home"));
  const lint = () => runJob("lint", { checkout: checkout.folder, temporary, environment });

  const { steps } = await lint();
  expect(steps.map(({ command }) => command)).toEqual(["./platform lint --audit", "./platform render --check"]);
  for (const { code, output } of steps) expect(code, output).toBe(0);

  appendFileSync(join(checkout.folder, "monitoring", "prometheus.yml"), "# by hand\n");
  const stale = await lint();
  expect(stale.steps.map(({ code }) => code)).toEqual([0, 1]);
  expect(stale.steps[1]?.output).toContain("monitoring/prometheus.yml");

  writeFileSync(join(checkout.folder, "cli", "wrong.ts"), 'export const wrong: number = "text";\n');
  const wrong = await lint();
  expect(wrong.steps.map(({ code }) => code)).toEqual([1, undefined]);
  expect(wrong.steps[0]?.output).toMatch(/wrong\.ts[\s\S]*lint failed: types/);
});
