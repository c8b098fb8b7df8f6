import { posix } from "node:path";
import { filesOf, type PlatformSpec } from "../../../components/specification.ts";
import { at, entries, list, text } from "../../support/json.ts";

/** A dashboard as Grafana finds it: its file's name and what is in it. */
export interface Written {
  readonly file: string;
  readonly content: string;
  readonly dashboard: unknown;
}

/** Every dashboard that the platform's Grafana mounts. */
export const dashboardsOf = (platform: PlatformSpec): readonly Written[] =>
  filesOf(platform, "grafana")
    .filter(({ path }) => path.endsWith(".json"))
    .map(({ path, content }) => ({ file: posix.basename(path), content, dashboard: JSON.parse(content) }));

/** Its panels, without the rows' headings. */
export const panelsOf = ({ dashboard }: Written): readonly unknown[] =>
  list(at(dashboard, "panels")).filter((panel) => at(panel, "type") !== "row");

/** The panel that an address of Grafana leads to. */
export function panelAt(written: readonly Written[], address: string): unknown {
  const url = new URL(address);
  const dashboard = written.find((each) => `/d/${String(at(each.dashboard, "uid"))}` === url.pathname);
  const id = Number(url.searchParams.get("viewPanel"));
  return dashboard && panelsOf(dashboard).find((panel) => at(panel, "id") === id);
}

/** A query of a panel, a variable or an annotation. */
export interface Asked {
  /** `dashboard: panel`. */
  readonly who: string;
  readonly source: string;
  /** Its variables in place. */
  readonly expression: string;
}

/** Everything that Grafana asks Prometheus or Loki when it shows the dashboard. */
export const askedBy = (written: Written, values: Values = {}): readonly Asked[] => [
  ...panelsOf(written).flatMap((panel) =>
    list(at(panel, "targets")).map((target) => asked(written, text(at(panel, "title")), target, values)),
  ),
  ...list(at(written.dashboard, "annotations", "list")).map((mark) =>
    asked(written, text(at(mark, "name")), { ...Object.fromEntries(entries(mark)), ...target(mark) }, values),
  ),
];

const target = (mark: unknown): object => Object.fromEntries(entries(at(mark, "target")));

const asked = (written: Written, name: string | undefined, target: unknown, values: Values): Asked => ({
  who: `${written.file}: ${name}`,
  source: text(at(target, "datasource", "uid")) ?? "",
  expression: filledIn(text(at(target, "expr")) ?? "", values),
});

/** What a person chose or typed, by variable. */
export type Values = Readonly<Record<string, string>>;

/** Grafana's own variables, as it fills them in for a picture of five minutes. */
const ownVariables: Values = { __rate_interval: "1m", __interval: "15s", __range: "5m", __auto: "1m" };

/** As Grafana does it: a variable that is not said is all of its values, or nothing typed. */
const filledIn = (expression: string, values: Values): string =>
  expression.replaceAll(
    /\$(\w+)/g,
    (_, name: string) => values[name] ?? ownVariables[name] ?? (isTyped(name) ? "" : ".*"),
  );

const isTyped = (name: string): boolean => ["correlation_id", "user", "search"].includes(name);

/** Names of the variables that an expression uses, Grafana's own left out. */
export const variablesIn = (expression: string): readonly string[] =>
  [...expression.matchAll(/\$(\w+)/g)].flatMap(([, name = ""]) => (name in ownVariables ? [] : [name]));

/** Of a variable: whose label, of which series or streams. */
export function choiceOf(variable: unknown): { readonly source: string; readonly label: string; readonly of: string } {
  const source = text(at(variable, "datasource", "uid")) ?? "";
  const query = at(variable, "query");
  const [, of = "", label = ""] = /^label_values\((.+), (\w+)\)$/.exec(text(at(query, "query")) ?? "") ?? [];
  return source === "loki"
    ? { source, label: text(at(query, "label")) ?? "", of: text(at(query, "stream")) ?? "" }
    : { source, label, of };
}

/** The variables of a dashboard that ask for values. */
export const choicesOf = ({ dashboard }: Written): readonly unknown[] =>
  list(at(dashboard, "templating", "list")).filter((each) => at(each, "type") === "query");
