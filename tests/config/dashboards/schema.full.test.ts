import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureDashboardSchema } from "../../../cli/setup/dashboard-schema.ts";
import { describePlatform } from "../../../components/specification.ts";
import { settingsOf } from "../../support/stacks.ts";
import { places, withEverything } from "../alerts/places.ts";
import { dashboardsOf } from "./written.ts";

let program: string;
let folder: string;
beforeAll(async () => {
  program = await ensureDashboardSchema();
  folder = mkdtempSync(join(tmpdir(), "dashboard-schema-"));
  // The first time, it is built.
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** What the schema says against dashboards, by the names of their files. */
function judged(contents: Readonly<Record<string, string>>): string {
  const files = Object.entries(contents).map(([name, content]) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  });
  const { error, stderr } = spawnSync(program, files, { encoding: "utf8" });
  if (error !== undefined) throw error;
  return stderr.replaceAll(`${folder}/`, "");
}

const written = places.flatMap(({ stack, target }) =>
  dashboardsOf(describePlatform(withEverything(settingsOf(stack, target)))).map(
    ({ file, content }) => [`${stack}-${target}-${file}`, content] as const,
  ),
);

test("every dashboard is one by Grafana's schema: no field is missing, of another type or unknown [requirement next/dashboards, pipeline/grafana, file/grafana]", () => {
  expect(written.length).toBeGreaterThan(40);
  expect(judged(Object.fromEntries(written))).toBe("");
  console.log(`${written.length} dashboards judged by Grafana's schema`);
});

test.each([
  ["an unknown field", '"uid": "overview"', '"uld": "overview"', "Dashboard: unexpected field 'uld'"],
  ["an unknown field of a query", '"expr": "max(', '"expression": "max(', "Dataquery: unexpected field 'expression'"],
  ["an unknown option of a kind of panel", '"graphMode"', '"graph"', "Options: unexpected field 'graph'"],
  ["another type", '"w": 4', '"w": "wide"', "gridPos.w: json: cannot unmarshal string"],
])("%s is found", (_, from, to, found) => {
  const [, overview = ""] = written.find(([name]) => name.endsWith("overview.json")) ?? [];
  expect(judged({ "broken.json": overview.replace(from, to) })).toContain(found);
});
