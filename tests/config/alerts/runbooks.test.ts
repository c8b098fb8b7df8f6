import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { commands } from "../../../cli/commands/index.ts";
import { root } from "../../../cli/root.ts";
import { ensurePromtool } from "../../../cli/setup/monitoring.ts";
import { alertNames } from "../../../components/alerts/names.ts";
import { blocks, read, runbooks } from "./runbooks.ts";

let promtool: string;
let folder: string;
beforeAll(async () => {
  promtool = await ensurePromtool();
  folder = mkdtempSync(join(tmpdir(), "runbooks-"));
  // The first time, promtool is built.
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true }));

test("every alert has its runbook, and no runbook is of an alert that there is not", () => {
  expect(readdirSync(runbooks).sort()).toEqual(alertNames.map((name) => `${name}.md`).sort());
});

test.each(alertNames)("%s says what it means, what to check, what to do and whom to call", (name) => {
  const text = read(name);
  const headings = [...text.matchAll(/^#+ .*$/gm)].map(([heading]) => heading);
  expect(headings).toEqual([
    `# ${name}`,
    "## What it means",
    "## Check, in this order",
    "## Repair",
    "## Whom to call, and when",
  ]);
  expect(blocks(name, "promql").length).toBeGreaterThan(0);
});

test("every query is PromQL, and every script a shell's", () => {
  const rules = alertNames.flatMap((name) =>
    blocks(name, "promql").map((expr, index) => ({ record: `runbook:${name}_${index}`, expr })),
  );
  const file = join(folder, "queries.rules");
  writeFileSync(file, stringify({ groups: [{ name: "runbooks", rules }] }));
  const checked = spawnSync(promtool, ["check", "rules", file], { encoding: "utf8" });
  expect({ status: checked.status, output: checked.stdout + checked.stderr }).toMatchObject({ status: 0 });
  const script = alertNames.flatMap((name) => blocks(name, "sh")).join("\n");
  expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" }).stderr).toBe("");
});

const all = alertNames.map((name) => [name, read(name)] as const);

test("a query that asks one thing or another shows both", () => {
  const hiding = alertNames.flatMap((name) =>
    blocks(name, "promql").filter((query) => {
      const sources = query.split(" or ").map(sourceOf);
      return new Set(sources).size < sources.length;
    }),
  );
  expect(hiding).toEqual([]);
});

/**
 * What tells the series of a part of an `or` from those of the others: `or` leaves out what has the labels of something
 * before it, whatever its name. Series of one exporter have the same, and what is aggregated over all has none.
 */
function sourceOf(part: string): string {
  if (/\b(?:min|max|sum|count|avg) ?\(/.test(part)) return "no labels";
  const [metric = part] = /\b[a-z]+_[a-z_]+(?=\W|$)|\bup\b/.exec(part) ?? [];
  const words = metric.split("_");
  // Each kind of Kubernetes' objects has a label of its own.
  return words.slice(0, words[0] === "kube" ? 3 : 1).join("_");
}

test("what a container said is asked of one that has ended too", () => {
  const asked = alertNames.flatMap((name) => blocks(name, "sh").flatMap((script) => script.split("\n")));
  const logs = asked.filter((line) => line.startsWith("docker logs"));
  expect(logs.length).toBeGreaterThan(10);
  // Without a status `docker ps` lists what runs, and with --all what a volume was filled by: it never ran.
  expect(logs.filter((line) => !line.includes("--filter status=exited"))).toEqual([]);
});

test("the way back from a release is the one that the record of releases follows", () => {
  // The record holds in place of `images.version`: a change of that alone changes nothing.
  expect(all.filter(([, text]) => text.includes("images.version`")).map(([name]) => name)).toEqual([]);
});

describe("what a runbook names exists", () => {
  test("commands of ./platform", () => {
    const known = commands.map((make) => make().name());
    const named = all.flatMap(([, text]) => [...text.matchAll(/\.\/platform (\w+)/g)].map((match) => match[1] ?? ""));
    expect([...new Set(named)].filter((word) => !known.includes(word))).toEqual([]);
  });

  test("settings", () => {
    const documented = readFileSync(join(root, "docs", "settings.md"), "utf8");
    const named = all.flatMap(([, text]) =>
      [...text.matchAll(/`((?:images|logs|metrics|backend|worker|database|cache|alerts|ecs)\.[A-Za-z.]+)`/g)].map(
        (match) => match[1] ?? "",
      ),
    );
    expect(named.length).toBeGreaterThan(10);
    expect([...new Set(named)].filter((key) => !documented.includes(`\`${key}`))).toEqual([]);
  });

  test("other runbooks, and links", () => {
    const prose = all.map(([, text]) => text.replaceAll(/^ *```\w+\n[\s\S]*?^ *```$/gm, ""));
    const names = prose.flatMap((text) => [...text.matchAll(/\b(?:[A-Z][a-z]+){2,}\b/g)].map(([word]) => word));
    const unknown = [...new Set(names)].filter((word) => ![...alertNames, "PagerDuty"].some((known) => known === word));
    expect(unknown).toEqual([]);
    const links = all.flatMap(([, text]) => [...text.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? ""));
    expect(links.filter((link) => !link.startsWith("https://") && !existsSync(join(runbooks, link)))).toEqual([]);
  });
});
