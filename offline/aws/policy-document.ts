import { hex } from "../identity.ts";
import { list, object, type Properties, text, type Value } from "../value.ts";

/**
 * `aws.iam.getPolicyDocument`, rendered as terraform-provider-aws does (policy_model.go): a list of one becomes its
 * only entry, and statements of source and override documents are merged in by their sid.
 */
export function policyDocument(args: Properties): Properties {
  const own = list(args.statements).map((it) => statement(object(it)));
  const sources = documents(args.sourcePolicyDocuments).flatMap(statementsOf);
  const overrides = documents(args.overridePolicyDocuments).flatMap(statementsOf);
  const id = text(args.policyId);
  const document = {
    Version: text(args.version) ?? "2012-10-17",
    ...(id === undefined ? {} : { Id: id }),
    Statement: overridden([...sources, ...own], overrides),
  };
  const minifiedJson = JSON.stringify(document);
  return { ...args, id: hex(minifiedJson, 10), json: JSON.stringify(document, null, 2), minifiedJson };
}

function statement(given: Properties): Properties {
  const entries: readonly (readonly [string, Value | undefined])[] = [
    ["Sid", text(given.sid)],
    ["Effect", text(given.effect) ?? "Allow"],
    ["Action", oneOrMany(given.actions)],
    ["NotAction", oneOrMany(given.notActions)],
    ["Resource", oneOrMany(given.resources)],
    ["NotResource", oneOrMany(given.notResources)],
    ["Principal", principals(given.principals)],
    ["NotPrincipal", principals(given.notPrincipals)],
    ["Condition", conditions(given.conditions)],
  ];
  const result: Record<string, Value> = {};
  for (const [key, value] of entries) {
    if (value !== undefined) {
      result[key] = value;
    }
  }
  return result;
}

function oneOrMany(value: Value | undefined): Value | undefined {
  const all = list(value);
  return all.length > 1 ? all : all[0];
}

function principals(value: Value | undefined): Value | undefined {
  const given = list(value).map(object);
  const [first] = given;
  if (first === undefined) {
    return undefined;
  }
  if (given.length === 1 && text(first.type) === "*" && text(list(first.identifiers)[0]) === "*") {
    return "*";
  }
  const byType: Record<string, Value[]> = {};
  for (const it of given) {
    const type = text(it.type) ?? "AWS";
    byType[type] = [...(byType[type] ?? []), ...list(it.identifiers)];
  }
  return Object.fromEntries(Object.entries(byType).map(([type, all]) => [type, oneOrMany(all) ?? []]));
}

function conditions(value: Value | undefined): Value | undefined {
  const given = list(value).map(object);
  const byTest: Record<string, Record<string, Value>> = {};
  for (const it of given) {
    const test = text(it.test) ?? "";
    byTest[test] = { ...byTest[test], [text(it.variable) ?? ""]: oneOrMany(it.values) ?? [] };
  }
  return given.length === 0 ? undefined : byTest;
}

function documents(value: Value | undefined): readonly Properties[] {
  return list(value).map((it) => {
    const json = text(it);
    const parsed: Value = json === undefined || json === "" ? {} : JSON.parse(json);
    return object(parsed);
  });
}

function statementsOf(document: Properties): readonly Properties[] {
  const statements = document.Statement;
  return Array.isArray(statements) ? statements.map(object) : statements === undefined ? [] : [object(statements)];
}

function overridden(statements: readonly Properties[], overrides: readonly Properties[]): readonly Properties[] {
  const bySid = (sid: Value | undefined) => overrides.find((it) => sid !== undefined && it.Sid === sid);
  const kept = statements.map((it) => bySid(it.Sid) ?? it);
  return [...kept, ...overrides.filter((it) => !kept.includes(it))];
}
