import type { Change } from "./diff.ts";
import type { FillRequest, Instance } from "./model.ts";
import { parseProperty, type ResourceEntry } from "./schema/table.ts";
import { defaultsKey, equal, type Properties, unknown, type Value } from "./value.ts";

/** How outputs come about in a provider that Pulumi bridges from Terraform. */
export interface BridgedOutputs {
  readonly entry: ResourceEntry | undefined;
  /** Known at preview already. */
  readonly known: Properties;
  /** Made up once the resource exists. */
  readonly computed: Properties;
  /** Of the computed, those that every update changes. */
  readonly changing: readonly string[];
}

/** Inputs echoed, what the provider computes unknown at preview, kept over updates. */
export function bridgedOutputs(instance: Instance, of: BridgedOutputs): Properties {
  const { id, previous, inputs } = instance;
  const result: Record<string, Value> = {};
  const names = new Set([...Object.keys(of.entry?.computed ?? {}), ...Object.keys(of.computed)]);
  const changes = previous !== undefined && of.changing.length > 0 && !echoes(previous, inputs);
  for (const name of names) {
    const kept = changes && of.changing.includes(name) ? undefined : previous?.[name];
    const value = kept ?? (id === undefined ? unknown : (of.computed[name] ?? emptyValue(of.entry?.computed[name])));
    if (value !== undefined) {
      result[name] = value;
    }
  }
  return { ...result, ...of.known, ...withoutDefaults(inputs), ...(id === undefined ? {} : { id }) };
}

/** Puts in an automatic name, and notes that it is one, so that it is kept as long as the resource lives. */
export function withAutomaticName(request: FillRequest, property: string, fresh: string): Properties {
  const { inputs, previous } = request;
  if (inputs[property] !== undefined) {
    return inputs;
  }
  const kept = previous !== undefined && isAutomatic(previous, property) ? previous[property] : undefined;
  return { ...inputs, [property]: kept ?? request.proposedName ?? fresh, [defaultsKey]: [property] };
}

function withoutDefaults(inputs: Properties): Properties {
  const { [defaultsKey]: _, ...rest } = inputs;
  return rest;
}

function echoes(outputs: Properties, inputs: Properties): boolean {
  return Object.entries(withoutDefaults(inputs)).every(([key, value]) => equal(outputs[key] ?? null, value));
}

/** What a computed property is when nothing better is known; undefined for a structure. */
function emptyValue(code: string | undefined): Value | undefined {
  switch (code === undefined ? undefined : parseProperty(code).type.kind) {
    case "string":
      return "";
    case "number":
      return 0;
    case "boolean":
      return false;
    case "list":
      return [];
    case "map":
      return {};
    default:
      return undefined;
  }
}

/**
 * The bridge deletes first when the resource has a name that the program fixed and the change keeps: two of one name
 * cannot exist (pulumi-terraform-bridge, nameRequiresDeleteBeforeReplace). `deleteBeforeReplace: false` in the
 * program wins over it.
 */
export function nameIsTaken(property: string | undefined, changes: readonly Change[], inputs: Properties): boolean {
  if (property === undefined || inputs[property] === undefined || isAutomatic(inputs, property)) {
    return false;
  }
  return changes.some((it) => it.replaces) && !changes.some((it) => it.path === property);
}

function isAutomatic(inputs: Properties, property: string): boolean {
  const automatic = inputs[defaultsKey];
  return Array.isArray(automatic) && automatic.includes(property);
}
