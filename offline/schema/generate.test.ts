import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { generateTable, renderTable, tableFile } from "./generate.ts";
import { knownValues } from "./known-values.ts";
import { loadTable } from "./load.ts";
import { providerNames } from "./resource-types.ts";
import { parseProperty } from "./table.ts";

describe.each(providerNames)("%s", (provider) => {
  test("its table is what the pinned package gives", () => {
    const fresh = renderTable(generateTable(provider));
    const hint = "run `node offline/schema/generate.ts`";
    expect(fresh === readFileSync(tableFile(provider), "utf8"), hint).toBe(true);
  });

  test("every code in it can be read", () => {
    const { resources, types } = loadTable(provider);
    const entries = [...Object.values(resources).flatMap((it) => [it.inputs, it.computed]), ...Object.values(types)];
    for (const code of entries.flatMap((it) => Object.values(it))) {
      expect(() => parseProperty(code)).not.toThrow();
    }
  });
});

test("every type and property with values of its own exists", () => {
  const tables = providerNames.map(loadTable);
  for (const [name, properties] of Object.entries(knownValues)) {
    const entry = tables.map((it) => it.resources[name]?.inputs ?? it.types[name]).find((it) => it !== undefined);
    expect(Object.keys(entry ?? {}), name).toEqual(expect.arrayContaining(Object.keys(properties)));
  }
});
