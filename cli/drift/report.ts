import { table } from "../console/table.ts";
import { pairOf } from "../engine/report/tree.ts";
import type { Difference } from "./drift.ts";

/** What differs, a property a line. */
export function driftTable(differences: readonly Difference[]): string {
  const rows = differences.map(({ resource, type, property, recorded, real }) => [
    resource,
    type,
    property === "" ? "(whole)" : property,
    ...pairOf(recorded, real),
  ]);
  return table([["resource", "type", "property", "recorded", "real"], ...rows]);
}

/** The same for other programs; what is not there on one side is null. */
export const driftJson = (stack: string, differences: readonly Difference[]): string =>
  JSON.stringify(
    {
      stack,
      drifted: differences.length > 0,
      differences: differences.map(({ recorded = null, real = null, ...rest }) => ({ ...rest, recorded, real })),
    },
    undefined,
    2,
  );
