import { hidden, isResource } from "../engine/collect.ts";
import type { PropertyChange, RunResult, Step } from "../engine/result.ts";

/** One property of a resource, or the resource as a whole, that is not as the stack's state has it. */
export interface Difference {
  readonly resource: string;
  readonly type: string;
  /** Path of the property; empty for a resource that is gone. */
  readonly property: string;
  /** What the last update or refresh wrote down; `[secret]` for a secret. */
  readonly recorded: unknown;
  /** What is really there; `[secret]` where the recorded value is one. */
  readonly real: unknown;
}

/** What differs, by a refresh that was only planned: resources that are gone first, then by name (a refresh ends its reads in any order). */
export function driftIn({ steps }: Pick<RunResult, "steps">): readonly Difference[] {
  const own = steps.filter(isResource).toSorted((one, other) => one.name.localeCompare(other.name));
  return [
    ...own.filter(({ change }) => change === "delete").map(gone),
    ...own.filter(({ change }) => change === "update").flatMap(differences),
  ];
}

const gone = ({ name, type }: Step): Difference => ({
  resource: name,
  type,
  property: "",
  recorded: "there",
  real: "gone",
});

function differences({ name, type, properties }: Step): readonly Difference[] {
  const all = properties.length > 0 ? properties : [unnamed];
  return all.map(({ path, kind, before, after }) => {
    const recorded = kind === "add" ? undefined : before;
    const real = kind === "delete" ? undefined : after;
    const isSecret = holdsSecret(recorded) || holdsSecret(real);
    return {
      resource: name,
      type,
      property: path,
      recorded: isSecret ? hidden : recorded,
      real: isSecret ? hidden : real,
    };
  });
}

/** A provider that says that a resource differs, and not where. */
const unnamed: PropertyChange = { path: "(not told)", kind: "update", forcesReplacement: false };

/** The real value beside a recorded secret is a secret too, only that nobody has marked it. */
const holdsSecret = (value: unknown): boolean =>
  value === hidden || (typeof value === "object" && value !== null && Object.values(value).some(holdsSecret));
