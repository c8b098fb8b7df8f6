import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { z } from "zod";
import { table } from "../../cli/console/table.ts";
import { root } from "../../cli/root.ts";

const counter = z.object({ total: z.number(), covered: z.number() });
const file = z.object({ lines: counter, branches: counter });
const summary = z.record(z.string(), file);

/** A table of the covered lines and branches of each folder, out of the summary that the coverage provider wrote. */
export function coverageByFolder(reportFolder: string): string {
  let text: string;
  try {
    text = readFileSync(join(reportFolder, "coverage-summary.json"), "utf8");
  } catch {
    return "no coverage report: it is made only when no test fails";
  }
  const { total: _, ...files } = summary.parse(JSON.parse(text));
  const folders = Map.groupBy(Object.entries(files), ([path]) => folderOf(relative(root, path)));
  const rows = [...folders]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([folder, entries]) => {
      const figures = entries.map(([, figure]) => figure);
      const part = (kind: "lines" | "branches") => percent(figures.map((figure) => figure[kind]));
      return [folder, String(figures.length), part("lines"), part("branches")];
    });
  return table([["folder", "files", "lines", "branches"], ...rows]);
}

/** The first two folders of a path: `components/targets`, `policies`. */
const folderOf = (path: string): string => path.split(sep).slice(0, -1).slice(0, 2).join("/") || ".";

function percent(counters: readonly z.infer<typeof counter>[]): string {
  const sum = (key: "total" | "covered") => counters.reduce((all, each) => all + each[key], 0);
  return sum("total") === 0 ? "-" : `${((100 * sum("covered")) / sum("total")).toFixed(1)}%`;
}
