import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { ensurePromtool } from "../../../cli/setup/monitoring.ts";
import type { State } from "../../../components/alerts/behaviour.ts";
import { forgotten, holds } from "../../../components/alerts/behaviour.ts";
import { type Inhibitor, inhibitorsOf } from "../../../components/alerts/inhibitors.ts";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import { settingsOf } from "../../support/stacks.ts";
import { places } from "./places.ts";
import { type Phase, seriesOf } from "./series.ts";

let folder: string;
let promtool: string;
beforeAll(async () => {
  promtool = await ensurePromtool();
  folder = mkdtempSync(join(tmpdir(), "inhibitors-"));
  // The first time, promtool is built.
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** What happens, and at which evaluations the inhibitor fires and at which not. */
interface Scenario {
  readonly name: string;
  readonly phases: readonly Phase[];
  readonly fires: readonly number[];
  readonly isQuiet: readonly number[];
}

const calmSteps = 20;

function scenariosOf({ source, from, after }: Inhibitor, step: number): readonly Scenario[] {
  if (source.behaviour === "always fires") return [];
  const { calm, fault } = source.behaviour;
  const steps = (seconds: number) => Math.ceil(seconds / step);
  const lasts = steps(source.for.seconds) + 4;
  const seen = calmSteps + steps(from.seconds);
  const end = calmSteps + lasts - 1;
  const isBlip = steps(source.for.seconds) - 1;
  const flaps = Array.from({ length: 8 }, (_, index) => calmSteps + index * (isBlip + 2));
  return [
    {
      name: "before the alert fires, and for a while after it",
      phases: [
        { state: calm, steps: calmSteps },
        { state: fault, steps: lasts },
        { state: calm, steps: steps(after.seconds) + 4 },
      ],
      fires: [seen, calmSteps + steps(source.for.seconds), end, end + 1, end + steps(after.seconds) - 1],
      isQuiet: [calmSteps - 1, seen - 1, end + steps(after.seconds) + 1],
    },
    {
      name: "an alert that is never told silences nothing while it is away",
      phases: [
        { state: calm, steps: calmSteps },
        ...flaps.flatMap((): readonly Phase[] => [
          { state: fault, steps: isBlip },
          { state: calm, steps: 2 },
        ]),
      ],
      fires: [],
      isQuiet: flaps.flatMap((begin) => [begin, begin + isBlip, begin + isBlip + 1]),
    },
    {
      name: "Prometheus was killed while the alert waited, which is over since",
      phases: [
        { state: { ...calm, ...waiting(source.name, 0) }, steps: calmSteps },
        { state: { ...calm, [series(source.name)]: forgotten }, steps: 30 },
      ],
      fires: [calmSteps - 1],
      // What Prometheus itself wrote down last it finds for five minutes.
      isQuiet: [calmSteps + 5, calmSteps + 12],
    },
  ];
}

const series = (name: string) => `ALERTS_FOR_STATE{alertname="${name}"}`;
const waiting = (name: string, since: number): State => ({ [series(name)]: holds(since) });

test.each(places)("in $stack on $target promtool finds it firing when it should, and not else", ({ stack, target }) => {
  const settings = settingsOf(stack, target);
  const platform = describePlatform(settings);
  const step = settings.metrics.scrapeInterval.seconds;
  const rules = join(folder, `${stack}-${target}.rules`);
  writeFileSync(rules, mountedFile(platform, "prometheus", "/etc/prometheus/alert.rules"));
  const inhibitors = inhibitorsOf(platform.alerts, settings);
  expect(inhibitors.map(({ source }) => source.name)).toEqual(["BackendDown", "DatabaseDown", "RedisDown"]);
  const tests = inhibitors.flatMap((inhibitor) =>
    scenariosOf(inhibitor, step).map(({ name, phases, fires, isQuiet }) => {
      const at = (evaluation: number, count: number) => ({
        expr: `count(ALERTS{alertname="${inhibitor.name}",alertstate="firing",severity="none"}) or vector(0)`,
        eval_time: `${evaluation * step}s`,
        exp_samples: [{ labels: "{}", value: count }],
      });
      return {
        name: `${inhibitor.name}: ${name}`,
        interval: `${step}s`,
        input_series: seriesOf(phases, step),
        promql_expr_test: [...fires.map((each) => at(each, 1)), ...isQuiet.map((each) => at(each, 0))],
      };
    }),
  );
  const file = join(folder, `${stack}-${target}.test.yml`);
  const content = { rule_files: [rules], evaluation_interval: `${step}s`, tests };
  writeFileSync(file, stringify(content, { aliasDuplicateObjects: false }));
  const { status, stdout, stderr } = spawnSync(promtool, ["test", "rules", file], { encoding: "utf8" });
  expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
});
