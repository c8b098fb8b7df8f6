import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Alert } from "../../../components/alerts/alert.ts";
import type { Told } from "../../../components/alerts/behaviour.ts";
import { recordings } from "../../../components/alerts/recordings.ts";
import { labelsOf, linksOf, recordingRule, ruleOf } from "../../../components/alerts/rules.ts";
import type { Settings } from "../../../components/settings.ts";
import { type Scenario, stepOf } from "./scenarios.ts";
import { seriesOf } from "./series.ts";

/** A rule and what it must do: one test file of promtool. */
export interface Judged {
  readonly alert: Alert;
  readonly settings: Settings;
  readonly scenarios: readonly Scenario[];
}

/**
 * What promtool says against each, in their order; undefined for nothing. All in one call: starting it takes longer than
 * a test.
 */
export function judge(promtool: string, folder: string, all: readonly Judged[]): readonly (string | undefined)[] {
  if (all.length === 0) return [];
  mkdirSync(folder);
  const files = all.map((each, index) => writeFiles(folder, `${index}-${each.alert.name}`, each));
  // Names go to one stream and failures to the other: together they are in order.
  const log = join(folder, "log");
  const output = openSync(log, "w");
  const { error } = spawnSync(promtool, ["test", "rules", ...files], { stdio: ["ignore", output, output] });
  closeSync(output);
  if (error !== undefined) throw error;
  const said = new Map(
    readFileSync(log, "utf8")
      .split(/^(?:Processing test file|Unit Testing): +/m)
      .map((part) => [part.split("\n")[0] ?? "", part] as const),
  );
  return files.map((file) => {
    const result = said.get(file) ?? "promtool did not come to it";
    return /^ {2}SUCCESS$/m.test(result) ? undefined : result;
  });
}

function writeFiles(folder: string, name: string, { alert, settings, scenarios }: Judged): string {
  const rules = join(folder, `${name}.rules`);
  const used = recordings(settings).filter((each) => alert.expression.includes(each.name));
  writeFileSync(rules, stringify({ groups: [{ name, rules: [...used.map(recordingRule), ruleOf(alert, settings)] }] }));
  const file = join(folder, `${name}.test.yml`);
  const tests = scenarios.map((scenario) => testOf(alert, settings, scenario));
  const content = { rule_files: [rules], evaluation_interval: `${stepOf(alert, settings)}s`, tests };
  writeFileSync(file, stringify(content, { aliasDuplicateObjects: false }));
  return file;
}

const testOf = (alert: Alert, settings: Settings, { name, step, phases, moments }: Scenario) => ({
  name,
  interval: `${step}s`,
  input_series: seriesOf(phases, step),
  alert_rule_test: moments.map(([at, tells]) => ({
    eval_time: `${at * step}s`,
    alertname: alert.name,
    exp_alerts: tells.map((told) => expected(alert, settings, told)),
  })),
});

const expected = (alert: Alert, settings: Settings, { labels, summary }: Told) => ({
  exp_labels: { ...labelsOf(alert, settings), ...labels },
  exp_annotations: { summary, description: alert.description, ...linksOf(alert, settings) },
});
