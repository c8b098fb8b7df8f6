/** Plain data as YAML and JSON have it. */
export type Data = Readonly<Record<string, unknown>>;

export const isData = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Who said a value; later ones win. */
export type Origin =
  | "default"
  | "environment"
  | "target"
  | "domain"
  | "stack file"
  | "release"
  | "mirror"
  | "command line";

export interface Layer {
  readonly origin: Origin;
  readonly values: Data;
}

export interface Leaf {
  /** As `backend.scaling.minimum`. */
  readonly key: string;
  readonly value: unknown;
}

/** Keys of which a higher layer's one makes the lower layers' others void: `replicas: 3` over a default range. */
const alternatives: ReadonlyMap<string, readonly string[]> = new Map([
  ["replicas", ["minimum", "maximum", "cpuPercent", "requestsPerSecond"]],
  ["minimum", ["replicas"]],
  ["maximum", ["replicas"]],
  ["cpuPercent", ["replicas", "requestsPerSecond"]],
  ["requestsPerSecond", ["replicas", "cpuPercent"]],
  // Of another release than the version's.
  ["version", ["digests"]],
  ["config", ["secretsManager", "vault"]],
  ["secretsManager", ["config", "vault"]],
  ["vault", ["config", "secretsManager"]],
]);

/** The layers laid over each other, key by key; a value that is no section replaces what is below it. */
export const overlay = (layers: readonly Layer[]): Data =>
  layers.reduce<Data>((below, { values }) => over(below, values), {});

function over(below: Data, above: Data): Data {
  const voided = new Set(Object.keys(above).flatMap((key) => alternatives.get(key) ?? []));
  const kept = Object.fromEntries(Object.entries(below).filter(([key]) => !voided.has(key)));
  const laid = Object.entries(above).map(([key, value]) => {
    const lower = Object.hasOwn(kept, key) ? kept[key] : undefined;
    return [key, isData(value) ? over(isData(lower) ? lower : {}, value) : value] as const;
  });
  return Object.fromEntries([...Object.entries(kept), ...laid]);
}

/** Every value that is no section, with its path. */
export function leaves(data: Data, path: readonly string[] = []): readonly Leaf[] {
  return Object.entries(data).flatMap(([key, value]) => {
    const own = [...path, key];
    return isData(value) ? leaves(value, own) : [{ key: own.join("."), value }];
  });
}

/** Who said each value: of the layers that hold it the uppermost. By the leaves' keys. */
export const originsOf = (layers: readonly Layer[]): ReadonlyMap<string, Origin> =>
  new Map(
    layers.flatMap(({ origin, values }) =>
      leaves(values)
        .filter(({ value }) => value !== undefined)
        .map(({ key }) => [key, origin] as const),
    ),
  );

/** What stands at a path; undefined where nothing does. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isData(value) && Object.hasOwn(value, key) ? value[String(key)] : undefined;
  }, data);
}
