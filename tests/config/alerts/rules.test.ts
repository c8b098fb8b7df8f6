import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { ensurePromtool } from "../../../cli/setup/monitoring.ts";
import type { Alert } from "../../../components/alerts/alert.ts";
import { inhibitorsOf } from "../../../components/alerts/inhibitors.ts";
import { alertNames } from "../../../components/alerts/names.ts";
import { recordings } from "../../../components/alerts/recordings.ts";
import { ruleOf } from "../../../components/alerts/rules.ts";
import { identityPath } from "../../../components/mtls.ts";
import type { Settings } from "../../../components/settings.ts";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import { settingsOf } from "../../support/stacks.ts";
import { askedBy, dashboardsOf } from "../dashboards/written.ts";
import { mutantsOf } from "./mutants.ts";
import { type Place, places, withEverything } from "./places.ts";
import { judge } from "./promtool.ts";
import { scenariosOf } from "./scenarios.ts";
import { seriesOf } from "./series.ts";

let folder: string;
let promtool: string;
beforeAll(async () => {
  promtool = await ensurePromtool();
  folder = mkdtempSync(join(tmpdir(), "rules-"));
  // The first time, promtool is built.
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true }));

interface Subject {
  readonly alert: Alert;
  readonly settings: Settings;
}

/** What promtool can judge; of log lines it knows nothing (log-alerts.full.test.ts). */
const metricAlertsOf = (settings: Settings): readonly Alert[] =>
  describePlatform(settings).alerts.filter(({ source }) => source !== "logs");

/** Each rule once: the same one in another environment behaves the same. */
function subjects(inPlaces: readonly Place[]): readonly Subject[] {
  const found = new Map<string, Subject>();
  for (const { stack, target } of inPlaces) {
    const settings = withEverything(settingsOf(stack, target));
    for (const alert of metricAlertsOf(settings)) {
      const { expr, for: lasting } = ruleOf(alert, settings);
      found.set(`${alert.name} ${expr} ${lasting} ${settings.metrics.scrapeInterval.seconds}`, { alert, settings });
    }
  }
  return [...found.values()];
}

test("every alert fires on its fault, in time, and on nothing else [requirement alert/*, file/rules]", {
  timeout: 300_000,
}, () => {
  const all = subjects(places);
  const judged = all.map(({ alert, settings }) => ({ alert, settings, scenarios: scenariosOf(alert, settings) }));
  const failures = judge(promtool, join(folder, "alerts"), judged).filter((failure) => failure !== undefined);
  expect(failures).toEqual([]);
  const count = judged.reduce((sum, { scenarios }) => sum + scenarios.length, 0);
  console.log(`${judged.length} rules of ${new Set(all.map(({ alert }) => alert.name)).size} alerts, ${count} cases`);
});

test("no alert survives a change of threshold, comparison or for [requirement alert/*, next/thresholds]", {
  timeout: 300_000,
}, () => {
  const production = subjects(places.filter(({ stack }) => stack === "prod"));
  const mutants = production.flatMap(({ alert, settings }) =>
    mutantsOf(alert).map((mutant) => ({ ...mutant, settings, scenarios: scenariosOf(alert, settings) })),
  );
  const suspects = survivors(mutants, "quick", (name) => /: (?:fires in time|quiet just within)/.test(name));
  const left = survivors(suspects, "whole", () => true);
  console.log(`${mutants.length} mutants, ${left.length} survive`);
  expect(left.map(({ alert, what }) => `${alert.name}: ${what}`)).toEqual([]);
});

type Tested = ReturnType<typeof mutantsOf>[number] & {
  readonly settings: Settings;
  readonly scenarios: ReturnType<typeof scenariosOf>;
};

/** Those that no test of these names has noticed. */
function survivors(mutants: readonly Tested[], name: string, isChosen: (name: string) => boolean): readonly Tested[] {
  const judged = mutants.map((mutant) => ({
    ...mutant,
    scenarios: mutant.scenarios.filter((each) => isChosen(each.name)),
  }));
  const failures = judge(promtool, join(folder, name), judged);
  return mutants.filter((_, index) => failures[index] === undefined);
}

test.each(places)("each recording of $stack on $target says what its example says", ({ stack, target }) => {
  const settings = settingsOf(stack, target);
  const step = settings.metrics.scrapeInterval.seconds;
  const rules = join(folder, `recordings-${stack}-${target}.rules`);
  writeFileSync(rules, mountedFile(describePlatform(settings), "prometheus", "/etc/prometheus/alert.rules"));
  const cases = recordings(settings).flatMap(({ name, example, calm }) => [
    { name, title: name, ...example },
    ...(calm === undefined ? [] : [{ name, title: `${name}, calm`, state: calm, labels: {}, value: 0 }]),
  ]);
  // All windows of both shares: a panel of them says 0 where nothing failed yet.
  expect(cases.filter(({ value }) => value === 0).length).toBeGreaterThanOrEqual(5);
  const tests = cases.map(({ name, title, state, labels, value }) => ({
    name: title,
    interval: `${step}s`,
    input_series: seriesOf([{ state, steps: 40 }], step),
    promql_expr_test: [
      {
        expr: `round(${name}, 0.001)`,
        eval_time: `${39 * step}s`,
        exp_samples: [{ labels: labelsText(labels), value }],
      },
    ],
  }));
  expect(new Set(tests.map(({ name }) => name)).size).toBe(tests.length);
  const file = join(folder, `recordings-${stack}-${target}.test.yml`);
  const content = { rule_files: [rules], evaluation_interval: `${step}s`, tests };
  writeFileSync(file, stringify(content, { aliasDuplicateObjects: false }));
  const { status, stdout, stderr } = spawnSync(promtool, ["test", "rules", file], { encoding: "utf8" });
  expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
});

const labelsText = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join()}}`;

test("every recording is one that an alert or a panel asks", () => {
  const settings = settingsOf("prod");
  const panels = dashboardsOf(describePlatform(settings)).flatMap((dashboard) => askedBy(dashboard));
  const asked = [...metricAlertsOf(settings), ...panels].map(({ expression }) => expression);
  const unused = recordings(settings).filter(({ name }) => !asked.some((each) => each.includes(name)));
  expect(unused.map(({ name }) => name)).toEqual([]);
});

test("every name of an alert is one that some stack has", () => {
  const names = new Set(
    places.flatMap(({ stack, target }) =>
      describePlatform(withEverything(settingsOf(stack, target))).alerts.map(({ name }) => name),
    ),
  );
  expect([...names].sort()).toEqual([...alertNames].sort());
});

test.each(places)(
  "what Prometheus mounts in $stack on $target is right in promtool's eyes [requirement file/prometheus]",
  ({ stack, target }) => {
    const settings = settingsOf(stack, target);
    const rules = join(folder, `${stack}-${target}.rules`);
    const config = join(folder, `${stack}-${target}.yml`);
    // promtool looks whether the file of a client's certificate is there.
    const identity = join(folder, "identity.pem");
    writeFileSync(identity, "");
    writeFileSync(rules, mountedFile(describePlatform(settings), "prometheus", "/etc/prometheus/alert.rules"));
    writeFileSync(
      config,
      mountedFile(describePlatform(settings), "prometheus", "/etc/prometheus/prometheus.yml")
        .replace("/etc/prometheus/alert.rules", rules)
        .replaceAll(identityPath, identity),
    );
    const { status, stdout, stderr } = spawnSync(promtool, ["check", "config", "--lint=all", config], {
      encoding: "utf8",
    });
    expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
    const count =
      metricAlertsOf(settings).length +
      recordings(settings).length +
      inhibitorsOf(metricAlertsOf(settings), settings).length;
    expect(stdout).toContain(`${count} rules found`);
  },
);
