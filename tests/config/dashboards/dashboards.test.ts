import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as units from "@grafana/grafana-foundation-sdk/units";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { ensurePromtool } from "../../../cli/setup/monitoring.ts";
import type { Alert } from "../../../components/alerts/alert.ts";
import { linksOf } from "../../../components/alerts/rules.ts";
import { provisioning } from "../../../components/dashboards/files.ts";
import type { Settings } from "../../../components/settings.ts";
import { describePlatform, filesOf, mountedFile } from "../../../components/specification.ts";
import { at, list, number, text } from "../../support/json.ts";
import { settingsOf } from "../../support/stacks.ts";
import { places, withEverything } from "../alerts/places.ts";
import { askedBy, choicesOf, dashboardsOf, panelAt, panelsOf, variablesIn, type Written } from "./written.ts";

/** Grafana reads a file again every ten seconds, and a browser the whole of one: what is larger is two dashboards. */
const mostBytes = 64 * 1024;
/** More than that nobody reads, and each costs queries at every refresh. */
const mostPanels = 25;

let promtool: string;
let folder: string;
beforeAll(async () => {
  promtool = await ensurePromtool();
  folder = mkdtempSync(join(tmpdir(), "dashboards-"));
  // The first time, promtool is built.
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(places)("in $stack on $target", ({ stack, target }) => {
  const settings = withEverything(settingsOf(stack, target));
  const platform = describePlatform(settings);
  const written = dashboardsOf(platform);
  const panels = written.flatMap((each) => panelsOf(each).map((panel) => ({ file: each.file, panel })));

  test("every alert's link leads to a panel that asks what it asks", () => {
    expect(platform.alerts.length).toBeGreaterThan(25);
    for (const alert of platform.alerts) {
      const panel = panelOfLink(written, alert, settings);
      expect(panel, alert.name).toBeDefined();
      const asked = list(at(panel, "targets")).map((each) => text(at(each, "expr")) ?? "");
      const isAbsence = ["Watchdog", "TargetDown", "ServiceStoppedLogging"].includes(alert.name);
      expect(isAbsence || alert.expression.startsWith(asked[0] ?? "nothing"), `${alert.name}: ${asked.join()}`).toBe(
        true,
      );
    }
  });

  test("an alert's threshold is its panel's", () => {
    const limits = (title: string) =>
      panels
        .filter(({ panel }) => at(panel, "title") === title)
        .flatMap(({ panel }) => list(at(panel, "fieldConfig", "defaults", "thresholds", "steps")))
        .map((step) => [at(step, "value"), at(step, "color")]);
    const { thresholds } = settings.alerts;
    expect(limits("Requests that fail")).toEqual([
      [null, "green"],
      [thresholds.errorRatePercent, "red"],
    ]);
    expect(limits("Space left")).toEqual([
      [null, "orange"],
      [thresholds.diskFreePercent, "green"],
    ]);
    expect(limits("Database answers")).toEqual([
      [null, "red"],
      [1, "green"],
    ]);
    expect(limits("Oldest transaction")[1]).toEqual([thresholds.longRunningQuery.seconds, "orange"]);
  });

  test("uids and ids are unique, and files are named by uid", () => {
    expect(new Set(written.map(({ file }) => file)).size).toBe(written.length);
    for (const { file, dashboard } of written) {
      expect(`${String(at(dashboard, "uid"))}.json`).toBe(file);
      const ids = list(at(dashboard, "panels")).map((panel) => number(at(panel, "id")));
      expect(new Set(ids).size, file).toBe(list(at(dashboard, "panels")).length);
    }
  });

  test("every panel says what it shows, and in what unit", () => {
    const known: readonly unknown[] = Object.values(units);
    for (const { file, panel } of panels) {
      const name = `${file}: ${String(at(panel, "title"))}`;
      expect(text(at(panel, "title")), name).toMatch(/^\S.*\S$/);
      expect(text(at(panel, "description")), name).toMatch(/^.{20,}[.?]/);
      expect(list(at(panel, "targets")).length, name).toBeGreaterThan(0);
      // Lines have none.
      if (at(panel, "type") !== "logs") expect(known, name).toContain(at(panel, "fieldConfig", "defaults", "unit"));
    }
  });

  test("no panel lies upon another or beyond the edge", () => {
    for (const { file, dashboard } of written) {
      const taken = new Map<string, unknown>();
      for (const panel of list(at(dashboard, "panels"))) {
        const [x, y, w, h] = ["x", "y", "w", "h"].map((side) => number(at(panel, "gridPos", side)) ?? -1);
        const name = `${file}: ${String(at(panel, "title"))}`;
        if (x === undefined || y === undefined || w === undefined || h === undefined) throw new Error(name);
        expect(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= 24, name).toBe(true);
        for (let column = x; column < x + w; column++) {
          for (let line = y; line < y + h; line++) {
            expect(taken.get(`${column} ${line}`), `${name} lies on another`).toBeUndefined();
            taken.set(`${column} ${line}`, name);
          }
        }
      }
    }
  });

  test("a dashboard stays within its size, and all of them within a ConfigMap", () => {
    for (const { file, content } of written) expect(Buffer.byteLength(content), file).toBeLessThan(mostBytes);
    for (const each of written) expect(panelsOf(each).length, each.file).toBeLessThanOrEqual(mostPanels);
    const all = filesOf(platform, "grafana").reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
    // A quarter of what a ConfigMap takes: the API server keeps such a text in one annotation at most.
    expect(all).toBeLessThan(256 * 1024);
  });

  test("what is asked is asked of a data source that is provisioned", () => {
    const sources = list(
      at(parse(mountedFile(platform, "grafana", `${provisioning}/datasources/datasources.yml`)), "datasources"),
    );
    const uids = sources.map((source) => at(source, "uid"));
    expect(uids).toEqual(["prometheus", "loki", "alertmanager"]);
    for (const { who, source } of written.flatMap((each) => askedBy(each))) expect(uids, who).toContain(source);
  });

  test("every variable that is used is there, and every one that is there is used", () => {
    for (const each of written) {
      const there = list(at(each.dashboard, "templating", "list")).map((variable) => text(at(variable, "name")));
      const used = panelsOf(each)
        .flatMap((panel) => list(at(panel, "targets")))
        .flatMap((asked) => variablesIn(text(at(asked, "expr")) ?? ""));
      expect([...new Set(used)].sort(), each.file).toEqual([...there].sort());
    }
  });

  test("every query is PromQL", () => {
    const queries = written.flatMap((each) => [...askedBy(each), ...chosenFrom(each)]);
    const rules = queries
      .filter(({ source }) => source === "prometheus")
      .map(({ expression }, index) => ({ record: `dashboards:query:${index}`, expr: expression }));
    expect(rules.length).toBeGreaterThan(60);
    const file = join(folder, `${stack}-${target}.rules`);
    writeFileSync(file, stringify({ groups: [{ name: "dashboards", rules }] }));
    const checked = spawnSync(promtool, ["check", "rules", file], { encoding: "utf8" });
    expect({ status: checked.status, output: checked.stdout + checked.stderr }).toMatchObject({ status: 0 });
  });
});

describe("what a stack leaves out", () => {
  const without = ["backend", "worker", "frontend", "gateway", "loki", "promtail", "cadvisor", "blackbox-exporter"];
  const settings = settingsOf("dev", undefined, { without });
  const platform = describePlatform(settings);

  test("has neither panels nor a data source", () => {
    const titles = dashboardsOf(platform).flatMap(({ dashboard }) =>
      list(at(dashboard, "panels")).map((panel) => at(panel, "title")),
    );
    expect(titles).toContain("Firing now");
    for (const title of ["Requests by route", "Images that run", "Lines", "Site reachable", "Taken in by Loki"]) {
      expect(titles).not.toContain(title);
    }
    const all = filesOf(platform, "grafana").map(({ content }) => content);
    expect(all.join("")).not.toMatch(/uid"?: "?loki/);
  });

  test("but every alert that is left has its panel", () => {
    for (const alert of platform.alerts) expect(panelOfLink(dashboardsOf(platform), alert, settings)).toBeDefined();
  });
});

const panelOfLink = (written: readonly Written[], alert: Alert, settings: Settings): unknown =>
  panelAt(written, linksOf(alert, settings).dashboard_url);

/** The choices of a dashboard, as queries. */
const chosenFrom = (written: Written) =>
  choicesOf(written).map((variable) => {
    const [, of = ""] = /^label_values\((.+), \w+\)$/.exec(text(at(variable, "query", "query")) ?? "") ?? [];
    return { source: of === "" ? "loki" : "prometheus", expression: of };
  });
