import { readFileSync } from "node:fs";
import type { ProviderName } from "./resource-types.ts";
import type { Table } from "./table.ts";

const loaded = new Map<ProviderName, Table>();

/** A provider's table, read when it is first asked for (about 1 ms). */
export function loadTable(provider: ProviderName): Table {
  const known = loaded.get(provider);
  if (known !== undefined) {
    return known;
  }
  const table: Table = JSON.parse(readFileSync(new URL(`./${provider}.generated.json`, import.meta.url), "utf8"));
  loaded.set(provider, table);
  return table;
}
