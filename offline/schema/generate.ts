/**
 * Makes the tables beside this file from the type declarations of the pinned provider packages:
 * `node offline/schema/generate.ts`. Run it after changing `resource-types.ts` or a provider's version.
 */
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Declarations } from "./declarations.ts";
import { type ProviderName, providerNames, resourceTypes } from "./resource-types.ts";
import type { ResourceEntry, Table } from "./table.ts";

/** Builds one provider's table; pure but for reading the package. */
export function generateTable(provider: ProviderName): Table {
  const manifest = createRequire(import.meta.url).resolve(`@pulumi/${provider}/package.json`);
  const declarations = new Declarations(dirname(manifest), provider);
  const resources: Record<string, ResourceEntry> = {};
  for (const token of resourceTypes[provider]) {
    resources[token] = declarations.resource(token);
  }
  return { version: declarations.version, resources, types: declarations.reachedTypes() };
}

/** One line a resource or type: a change of a provider's version shows as a readable diff. */
export function renderTable(table: Table): string {
  const lines = (entries: Readonly<Record<string, unknown>>): string =>
    Object.keys(entries)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${JSON.stringify(entries[key])}`)
      .join(",\n");
  return `{"version":${JSON.stringify(table.version)},"resources":{\n${lines(table.resources)}\n},"types":{\n${lines(table.types)}\n}}\n`;
}

/** Where a provider's table is kept. */
export function tableFile(provider: ProviderName): string {
  return fileURLToPath(new URL(`./${provider}.generated.json`, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const provider of providerNames) {
    const table = generateTable(provider);
    const text = renderTable(table);
    writeFileSync(tableFile(provider), text);
    const size = Math.round(text.length / 1024);
    console.log(`${provider} ${table.version}: ${Object.keys(table.resources).length} resource types, ${size} KiB`);
  }
}
