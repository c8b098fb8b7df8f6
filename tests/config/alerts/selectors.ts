import { at, list, text, texts } from "../../support/json.ts";

/** One metric that an expression asks for, with all labels by which it finds or groups its series. */
export interface Selector {
  readonly metric: string;
  /** Equalities alone, as PromQL: what must match a series where all is well. */
  readonly equalities: string;
  readonly labels: readonly string[];
}

/** What an expression asks for, as the real Prometheus reads it. */
export async function selectorsOf(prometheusUrl: string, expression: string): Promise<readonly Selector[]> {
  const query = new URLSearchParams({ query: expression });
  const answer: unknown = await (await fetch(`${prometheusUrl}/api/v1/parse_query?${query}`)).json();
  if (at(answer, "status") !== "success") throw new Error(`${expression}: ${String(at(answer, "error"))}`);
  return selectorsIn(at(answer, "data"), []);
}

/** `grouping` are the labels by which what is around the node needs its series told apart. */
function selectorsIn(node: unknown, grouping: readonly string[]): readonly Selector[] {
  const type = text(at(node, "type"));
  if (type === "vectorSelector" || type === "matrixSelector") return [selector(node, grouping)];
  const more = [
    ...(type === "aggregation" && at(node, "without") === false ? texts(at(node, "grouping")) : []),
    ...(at(node, "matching", "on") === true ? texts(at(node, "matching", "labels")) : []),
  ];
  const below = [at(node, "expr"), at(node, "lhs"), at(node, "rhs"), ...list(at(node, "args"))];
  return below
    .filter((each) => each !== undefined && each !== null)
    .flatMap((each) => selectorsIn(each, [...grouping, ...more]));
}

function selector(node: unknown, grouping: readonly string[]): Selector {
  const matchers = list(at(node, "matchers")).map((matcher) => ({
    name: text(at(matcher, "name")) ?? "",
    type: text(at(matcher, "type")) ?? "",
    value: text(at(matcher, "value")) ?? "",
  }));
  const own = matchers.filter(({ name }) => name !== "__name__");
  return {
    metric: text(at(node, "name")) ?? "",
    equalities: own
      .filter(({ type }) => type === "=")
      .map(({ name, value }) => `${name}=${JSON.stringify(value)}`)
      .join(),
    labels: [...new Set([...own.map(({ name }) => name), ...grouping])],
  };
}
