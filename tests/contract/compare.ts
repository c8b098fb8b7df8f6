import type { Settings } from "../../components/settings.ts";
import type { Member } from "../../components/specification.ts";
import type { Difference } from "../../components/targets/target.ts";
import type { WorkloadSpec } from "../../components/workload/index.ts";
import { deviations, nodes, text } from "./deviations.ts";
import type { Observed } from "./observed.ts";
import { stated } from "./stated.ts";

/** A stack on a target, with the facts of its settings that a computed expectation needs. */
export interface Site {
  readonly settings: Settings;
  readonly members: readonly Member[];
  /** Where Docker opens public ports. */
  readonly publicAddress: string;
  /** Whether customers come to Kubernetes through an Ingress. */
  readonly ingress: boolean;
  /** All hosts of the ECS cluster. */
  readonly hosts: { readonly minimum: number; readonly maximum: number };
}

/** A row of a target's differences: its `field` and its `where`. */
export type Row = readonly [field: string, where: string];

/** A deviation from the contract that a row of the target's differences announces, computed from the spec. */
export interface Allowance {
  readonly row: Row;
  /** The parts of {@link Observed} that differ, as `probes.startup`; nothing else may. */
  readonly fields: readonly string[];
  applies(spec: WorkloadSpec, site: Site): boolean;
  /** What comes out instead of `it`. */
  instead(it: Observed, spec: WorkloadSpec, site: Site): Observed;
}

/** What must come out of a spec, and which allowances made a difference to it. */
export interface Expectation {
  readonly observed: Observed;
  readonly used: readonly Allowance[];
}

export function expectation(spec: WorkloadSpec, site: Site, allowances: readonly Allowance[]): Expectation {
  let observed = stated(spec, site.members, site.settings);
  const used: Allowance[] = [];
  for (const allowance of allowances.filter((one) => one.applies(spec, site))) {
    const changed = allowance.instead(observed, spec, site);
    const found = deviations(observed, changed);
    const stray = found.find(({ field }) => !allowance.fields.some((own) => `${field}.`.startsWith(`${own}.`)));
    if (stray !== undefined) throw new Error(`the allowance of ${allowance.row.join(", ")} changes ${stray.field} too`);
    if (found.length > 0) used.push(allowance);
    observed = changed;
  }
  return { observed, used };
}

/** Every field that is neither as stated nor as the differences announce: where, what was stated, what was found. */
export function complaints(spec: WorkloadSpec, site: Site, expected: Observed, found: Observed): readonly string[] {
  const { stack, target } = site.settings;
  const said = nodes(stated(spec, site.members, site.settings));
  return deviations(expected, found).map(({ field, one, other }) => {
    const [plain, instead] = [text(said.get(field)), text(one)];
    const announced = plain === instead ? "" : `, by the differences ${instead}`;
    return `${stack} on ${target.name}, ${spec.name}: ${field}: stated ${plain}${announced}, found ${text(other)}`;
  });
}

/** Rows that no allowance stands on, allowances that stand on no row, and those that were never needed. */
export function idle(
  differences: readonly Difference[],
  allowances: readonly Allowance[],
  elsewhere: readonly Elsewhere[],
  used: ReadonlySet<Allowance>,
): readonly string[] {
  const rows = differences.map(({ field, where }) => rowText([field, where]));
  const named = [...allowances, ...elsewhere].map(({ row }) => rowText(row));
  return [
    ...rows.filter((row) => !named.includes(row)).map((row) => `${row}: no allowance stands on it`),
    ...named.filter((row) => !rows.includes(row)).map((row) => `${row}: is no row of the differences`),
    ...allowances.filter((one) => !used.has(one)).map(({ row, fields }) => `${rowText(row)}: ${fields} never differed`),
  ];
}

const rowText = ([field, where]: Row): string => `${field}, ${where}`;

/** A row that cannot be seen in what a target asks for. */
export interface Elsewhere {
  readonly row: Row;
  readonly reason: string;
}
