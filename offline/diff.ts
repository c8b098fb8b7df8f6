import {
  defaultsKey,
  equal,
  hasUnknown,
  isList,
  isOpaque,
  isProperties,
  type Properties,
  reveal,
  revealAll,
  type Value,
} from "./value.ts";

/** How a provider compares and which changes it cannot make in place. */
export interface DiffRules {
  /**
   * Paths without list positions (`spec.selector`, `loadBalancers.containerName`) whose change, or that of anything
   * below, replaces the resource. `*` means every property.
   */
  readonly forcesNew: readonly string[];
  /** Exceptions from `*`: top-level properties that can be changed in place. */
  readonly updatable?: readonly string[];
  /** Paths of lists whose order has no meaning; `*` means every list. */
  readonly sets?: readonly string[];
  /** Exceptions from `sets: ["*"]`. */
  readonly ordered?: readonly string[];
  /** What a missing property means, by path: stating the default, or no longer stating it, is no change. */
  readonly defaults?: Properties;
  /** Top-level properties that the provider keeps when they are no longer given (Terraform: optional and computed). */
  readonly kept?: readonly string[];
}

export interface Change {
  /** As Pulumi writes it: `containers[0].image`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
}

/** What differs between the inputs of last time and of now, property by property. */
export function changesBetween(before: Properties, after: Properties, rules: DiffRules): readonly Change[] {
  const changes: Change[] = [];
  compareObjects({ rules, changes }, before, after, { shown: "", plain: "" });
  return changes;
}

interface Context {
  readonly rules: DiffRules;
  readonly changes: Change[];
}

/** One place twice: as it is shown, and without list positions as the rules name it. */
interface Path {
  readonly shown: string;
  readonly plain: string;
}

function compareObjects(context: Context, before: Properties, after: Properties, path: Path): void {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const key of keys) {
    if (key !== defaultsKey) {
      compare(context, before[key] ?? null, after[key] ?? null, member(path, key));
    }
  }
}

function compare(context: Context, before: Value, after: Value, path: Path): void {
  const old = orDefault(context.rules, path.plain, reveal(before), after);
  const now = orDefault(context.rules, path.plain, reveal(after), before);
  if (old === null || now === null) {
    const kept = now === null && context.rules.kept?.includes(path.plain) === true;
    if (old !== now && !kept && !(isEmpty(old) && isEmpty(now))) {
      record(context, path, old === null ? "add" : "delete", old ?? now);
    }
  } else if (isList(old) && isList(now)) {
    compareLists(context, old, now, path);
  } else if (isProperties(old) && isProperties(now) && !isOpaque(old) && !isOpaque(now)) {
    compareObjects(context, old, now, path);
  } else if (!equal(old, now) && !sameJson(old, now)) {
    record(context, path, "update", now);
  }
}

/** The default of a missing property; of a missing object that has defaults inside, an empty one. */
function orDefault(rules: DiffRules, path: string, value: Value, other: Value): Value {
  if (value !== null || rules.defaults === undefined) {
    return value;
  }
  const inside = Object.keys(rules.defaults).some((it) => it.startsWith(`${path}.`));
  return rules.defaults[path] ?? (inside && isProperties(reveal(other)) ? {} : null);
}

function compareLists(context: Context, old: readonly Value[], now: readonly Value[], path: Path): void {
  if (isSet(context.rules, path.plain) && !hasUnknown(now) && equal(sorted(old), sorted(now))) {
    return;
  }
  for (let index = 0; index < Math.max(old.length, now.length); index++) {
    const place = { shown: `${path.shown}[${index}]`, plain: path.plain };
    compare(context, old[index] ?? null, now[index] ?? null, place);
  }
}

function record(context: Context, path: Path, kind: Change["kind"], value: Value): void {
  context.changes.push({ path: path.shown, kind, replaces: replaces(context.rules, path.plain, value) });
}

function replaces(rules: DiffRules, path: string, value: Value): boolean {
  const top = path.split(/[.[]/, 1)[0] ?? "";
  return rules.forcesNew.some((rule) => {
    if (rule === "*") {
      return rules.updatable?.includes(top) !== true;
    }
    return path === rule || path.startsWith(`${rule}.`) || path.startsWith(`${rule}[`) || holds(value, path, rule);
  });
}

/** True if something that came or went as a whole has the property that the rule names somewhere inside. */
function holds(value: Value, path: string, rule: string): boolean {
  if (!rule.startsWith(`${path}.`)) {
    return false;
  }
  const key = rule.slice(path.length + 1).split(".", 1)[0] ?? "";
  const inside = isList(value) ? value : [value];
  return inside.some((it) => {
    const below = isProperties(it) ? it[key] : undefined;
    return below !== undefined && (rule === `${path}.${key}` || holds(below, `${path}.${key}`, rule));
  });
}

function isSet(rules: DiffRules, path: string): boolean {
  return (
    (rules.sets?.includes(path) === true || rules.sets?.includes("*") === true) &&
    rules.ordered?.includes(path) !== true
  );
}

function sorted(values: readonly Value[]): readonly Value[] {
  return values.map((it) => JSON.stringify(revealAll(it))).sort();
}

/** Null and an empty collection are the same to Terraform and to the Kubernetes API. */
function isEmpty(value: Value): boolean {
  return (
    value === null || (isList(value) && value.length === 0) || (isProperties(value) && Object.keys(value).length === 0)
  );
}

/** Policy and container documents are compared by content: AWS reorders keys and removes spaces. */
function sameJson(old: Value, now: Value): boolean {
  const document = /^\s*[{[]/;
  if (typeof old !== "string" || typeof now !== "string" || !document.test(old) || !document.test(now)) {
    return false;
  }
  try {
    return equal(JSON.parse(old), JSON.parse(now));
  } catch {
    return false;
  }
}

function member(path: Path, key: string): Path {
  const segment = /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  const join = (left: string) => (left === "" ? segment.replace(/^\./, "") : left + segment);
  return { shown: join(path.shown), plain: join(path.plain) };
}
