import { at, entries, flag, isAbsent, type Node, object, text } from "./values.ts";

/**
 * The receivers that a configuration of Alertmanager tells of a critical alert that has no other label, as its
 * documentation has it: https://prometheus.io/docs/alerting/latest/configuration/#route
 */
export function toldOfCritical(config: Node): readonly string[] {
  const route = at(config, "route");
  return isAbsent(route) ? [] : [...new Set(told(route, text(at(route, "receiver")) ?? ""))];
}

/** The first child that matches decides, and with `continue` the next ones too; where none does, the route itself. */
function told(route: Node, receiver: string): readonly string[] {
  const names: string[] = [];
  for (const child of entries(at(route, "routes"))) {
    if (!matchersOf(child).every(isMet)) continue;
    names.push(...told(child, text(at(child, "receiver")) ?? receiver));
    if (flag(at(child, "continue")) !== true) break;
  }
  return names.length > 0 ? names : [receiver];
}

interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

const LABELS: Readonly<Record<string, string>> = { severity: "critical" };

/** A label that the alert does not have is empty. */
function isMet({ label, operator, value }: Matcher): boolean {
  const has = LABELS[label] ?? "";
  const isSo = operator.endsWith("~") ? matches(value, has) : has === value;
  return operator.startsWith("!") ? !isSo : isSo;
}

/** Alertmanager's patterns are RE2's, which may begin with flags: `(?i)critical`. One that is no pattern matches nothing. */
function matches(pattern: string, value: string): boolean {
  const [, flags = "", rest = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? [];
  try {
    return new RegExp(`^(?:${rest})$`, flags).test(value);
  } catch {
    return false;
  }
}

/** `matchers` are lines, several of them with commas between; `match` and `match_re` are its older form. */
function matchersOf(route: Node): readonly Matcher[] {
  const lines = entries(at(route, "matchers")).map((line) => text(line) ?? "");
  const line = /"?([\w.:-]+)"?\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^,}]*))/g;
  const stated = lines.flatMap((one) =>
    [...one.matchAll(line)].map(([, label = "", operator = "", quoted, plain = ""]) => ({
      label,
      operator,
      value: quoted?.replaceAll(/\\(.)/g, "$1") ?? plain.trim(),
    })),
  );
  const older = (key: string, operator: string): readonly Matcher[] =>
    Object.entries(object(at(route, key)) ?? {}).map(([label, value]) => ({ label, operator, value: String(value) }));
  return [...stated, ...older("match", "="), ...older("match_re", "=~")];
}

/** Names of the receivers that have at least one channel (`…_configs`). */
export function receiversWithChannel(config: Node): ReadonlySet<string> {
  const some = entries(at(config, "receivers")).filter((receiver) =>
    Object.keys(object(receiver) ?? {}).some(
      (key) => key.endsWith("_configs") && entries(at(receiver, key)).length > 0,
    ),
  );
  return new Set(some.map((receiver) => text(at(receiver, "name")) ?? ""));
}

/** A file among a resource's properties. */
export interface ConfigFile {
  readonly name: Node;
  readonly content: Node;
}

const SECRET = "kubernetes:core/v1:Secret";

/** A Secret's `data` is base64, its `stringData` is text: https://kubernetes.io/docs/concepts/configuration/secret/ */
function decoded(node: Node): Node {
  const coded = text(node);
  return coded === undefined ? node : { ...node, value: Buffer.from(coded, "base64").toString("utf8") };
}

/** The files that a resource brings: of a ConfigMap or Secret, uploaded into a container, put into a bucket. */
export function filesOf(type: string, root: Node): readonly ConfigFile[] {
  if (type.startsWith("kubernetes:")) {
    return ["data", "stringData"].flatMap((key) => {
      const map = at(root, key);
      return Object.keys(object(map) ?? {}).map((name) => ({
        name: { path: at(map, name).path, value: name },
        content: type === SECRET && key === "data" ? decoded(at(map, name)) : at(map, name),
      }));
    });
  }
  if (type.startsWith("docker:")) {
    return entries(at(root, "uploads")).map((upload) => ({
      name: at(upload, "file"),
      content: at(upload, "content"),
    }));
  }
  return [{ name: at(root, "key"), content: at(root, "content") }];
}

export const isAlertmanagerFile = ({ name }: ConfigFile): boolean =>
  /(^|[/_.-])alertmanager\.ya?ml$/.test(text(name) ?? "");
