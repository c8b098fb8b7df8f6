import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../cli/root.ts";

/** Rows of the page's tables: who, could, what stops them, test. */
const rows = readFileSync(join(root, "docs", "threat-model.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| who |"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("the threat model", () => {
  test("has its threats", () => {
    expect(rows.length).toBeGreaterThan(30);
  });

  test.each(rows.map((cells) => [cells.slice(1, 3).join(": "), cells[4] ?? ""]))("%s: the test exists", (_, proof) => {
    const [, file, name] = /^`([\w/.-]+\.test\.ts)` "(.+)"$/.exec(proof) ?? [];
    if (file === undefined || name === undefined) throw new Error(`no test is named: ${proof}`);
    expect(existsSync(join(root, file)), `${file} is not there`).toBe(true);
    // As it is written: a title may be in a test, or in a table of cases; rows of the requirement may follow it.
    const text = readFileSync(join(root, file), "utf8").replaceAll(/ \[requirement [^\]]+\]/g, "");
    expect(text.includes(`"${name}"`), `${file} has no test "${name}"`).toBe(true);
  });
});
