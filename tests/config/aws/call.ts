import type { Asked } from "../../../components/targets/ecs/testing.ts";
import { isData } from "../../../stacks/layers.ts";

/** A call of the AWS API, by the names of botocore. */
export interface Call {
  readonly label: string;
  readonly service: string;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type Inputs = Asked["inputs"];

/** How a resource of a type becomes calls; the label is the resource's unless it says another. */
export type Mappings = Readonly<
  Record<string, (inputs: Inputs, name: string) => readonly (Omit<Call, "label"> & Partial<Pick<Call, "label">>)[]>
>;

/** A value of an earlier answer. */
export const of = (label: string, ...keys: (string | number)[]) => ({ $of: [label, ...keys] });

export const records = (value: unknown): readonly Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isData) : [];

/** Mocks get a secret wrapped, as the engine does. */
export const revealed = (value: unknown): unknown => (isData(value) && "value" in value ? value.value : value);

export const present = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));

export const pick = (value: Inputs, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(keys.map((key) => [key, value[key]]));

export const capitalized = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([key, inner]) => [`${key[0]?.toUpperCase()}${key.slice(1)}`, inner]));

export const tagList = (value: unknown, key: string, of: string): readonly Record<string, unknown>[] =>
  isData(value) ? Object.entries(value).map(([name, inner]) => ({ [key]: name, [of]: inner })) : [];
