import { isData } from "../../stacks/layers.ts";
import { entries } from "../support/json.ts";

/** A value that stands at a path of an {@link Observed} on one side only, or differently on the two. */
export interface Deviation {
  /** As `probes.liveness.timeout`. */
  readonly field: string;
  readonly one: unknown;
  readonly other: unknown;
}

export function deviations(one: unknown, other: unknown, field = ""): readonly Deviation[] {
  if (isData(one) && isData(other)) {
    const [left, right] = [new Map(entries(one)), new Map(entries(other))];
    return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
      deviations(left.get(key), right.get(key), below(field, key)),
    );
  }
  return JSON.stringify(marked(one)) === JSON.stringify(marked(other)) ? [] : [{ field, one, other }];
}

const below = (field: string, key: string): string => (field === "" ? key : `${field}.${key}`);

/** JSON would write NaN, a reader's "this cannot be", as null, its "there is none". */
const marked = (value: unknown): unknown => (Number.isNaN(value) ? "not a number" : value);

/** All parts of a value by their paths. */
export const nodes = (value: unknown, field = ""): ReadonlyMap<string, unknown> =>
  new Map([[field, value], ...entries(value).flatMap(([key, part]) => [...nodes(part, below(field, key))])]);

/** As a message shows it. */
export const text = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(marked(value)));
