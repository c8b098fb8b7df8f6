/** One thing that is wrong in a stack file: where, and a sentence with the value, what is allowed, and the way out. */
export interface Problem {
  /** As it stands in the YAML: `trading-platform:backend.scaling.minimum`. */
  readonly key: string;
  readonly message: string;
}

/** Holds every problem of a stack's settings at once. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly Problem[];

  /** `source`: what was read, as `Pulumi.prod.yaml`. */
  constructor(source: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
    super([`${source}: ${count}`, ...problems.map(({ key, message }) => `  ${key}: ${message}`)].join("\n"));
    this.problems = problems;
  }
}

/** The namespace of the settings in a stack's config; Pulumi's own form of a key is `namespace:name`. */
export const namespace = "trading-platform";

export const fullKey = (path: readonly PropertyKey[]): string => `${namespace}:${path.map(String).join(".")}`;
