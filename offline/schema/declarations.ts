import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { documentedValues } from "./docstring.ts";
import { knownValues } from "./known-values.ts";
import type { ResourceEntry } from "./table.ts";

type Members = ts.InterfaceDeclaration | ts.ClassDeclaration;

/** Namespaces that the tables need not tell apart: `Service` of `inputs.ecs` is `ecs.Service`. */
const inputPrefix = /^inputs\./;

/**
 * The type declarations of one provider package, read as syntax only (no type checker: the packages are generated in
 * one fixed form, and checking 100,000 lines of it would take a minute).
 */
export class Declarations {
  readonly version: string;
  readonly #root: string;
  readonly #provider: string;
  readonly #inputTypes: ReadonlyMap<string, ts.InterfaceDeclaration>;
  readonly #enumerations: ReadonlyMap<string, readonly string[]>;
  readonly #reached = new Map<string, Readonly<Record<string, string>>>();

  constructor(root: string, provider: string) {
    this.#root = root;
    this.#provider = provider;
    const manifest: { version?: unknown } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    this.version = String(manifest.version);
    this.#inputTypes = interfacesByName(parse(join(root, "types/input.d.ts")));
    this.#enumerations = enumerationsByName(root);
  }

  /** What a resource takes and what it computes. Throws if the package has no such type. */
  resource(token: string): ResourceEntry {
    const file = this.#fileOf(token);
    const name = token.slice(token.lastIndexOf(":") + 1);
    const statements = parse(file).statements;
    const args = statements.filter(ts.isInterfaceDeclaration).find((it) => it.name.text === `${name}Args`);
    const type = statements.filter(ts.isClassDeclaration).find((it) => it.name?.text === name);
    if (args === undefined || type === undefined) {
      throw new Error(`${file} declares no ${name} with ${name}Args; correct "${token}" in resource-types.ts`);
    }
    const inputs = this.#properties(args, token);
    return { inputs, computed: this.#provider === "kubernetes" ? {} : this.#computed(type, inputs) };
  }

  /** Every object type that the resources asked for so far lead to. */
  reachedTypes(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    return Object.fromEntries(this.#reached);
  }

  #fileOf(token: string): string {
    const [, module = "", name = ""] = token.split(":");
    // Kubernetes: group "networking.k8s.io/v1" stands in the folder networking/v1, the kind in a file of its own.
    const kubernetes = `${module.replace(/\.[\w.]+\//, "/")}/${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    const path = this.#provider === "kubernetes" ? kubernetes : module.replace(/^index\//, "");
    const file = join(this.#root, `${path}.d.ts`);
    if (!existsSync(file)) {
      throw new Error(`@pulumi/${this.#provider} ${this.version} has no "${token}"; correct resource-types.ts`);
    }
    return file;
  }

  #properties(declaration: Members, owner: string): Readonly<Record<string, string>> {
    const result: Record<string, string> = {};
    for (const member of propertiesOf(declaration)) {
      const name = member.name.getText();
      const required = member.questionToken === undefined ? "*" : "";
      const values = knownValues[owner]?.[name] ?? documentedValues(docstringOf(member));
      result[name] = required + withValues(this.#code(member.type), values);
    }
    return result;
  }

  #computed(type: ts.ClassDeclaration, inputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const result: Record<string, string> = {};
    for (const member of propertiesOf(type)) {
      const name = member.name.getText();
      const value = argumentOf(member.type, "Output");
      if (value !== undefined && !allowsUndefined(value) && inputs[name]?.startsWith("*") !== true) {
        result[name] = outputCode(value);
      }
    }
    return result;
  }

  #code(node: ts.TypeNode | undefined): string {
    if (node === undefined) {
      return "a";
    }
    if (ts.isUnionTypeNode(node)) {
      return this.#unionCode(node.types.filter((it) => it.kind !== ts.SyntaxKind.UndefinedKeyword));
    }
    if (ts.isArrayTypeNode(node)) {
      return `[${this.#code(node.elementType)}`;
    }
    if (ts.isTypeLiteralNode(node)) {
      const signature = node.members.find(ts.isIndexSignatureDeclaration);
      return signature === undefined ? "a" : `{${this.#code(signature.type)}`;
    }
    if (ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal)) {
      return `s(${node.literal.text})`;
    }
    return ts.isTypeReferenceNode(node) ? this.#referenceCode(node) : keywordCode(node);
  }

  #unionCode(alternatives: readonly ts.TypeNode[]): string {
    const codes = [...new Set(alternatives.map((it) => this.#code(it)))];
    if (codes.length === 1) {
      return codes[0] ?? "a";
    }
    if (codes.length === 2 && codes.includes("n") && codes.includes("s")) {
      return "x";
    }
    // `string | enums.Region` is any string; `string | Role` takes a resource in place of its id.
    return codes.includes("s") && codes.every((it) => /^s|^resource$/.test(it)) ? "s" : "a";
  }

  #referenceCode(node: ts.TypeReferenceNode): string {
    const name = node.typeName.getText();
    if (name === "pulumi.Input") {
      return this.#code(node.typeArguments?.[0]);
    }
    if (inputPrefix.test(name)) {
      return this.#objectCode(name.replace(inputPrefix, ""));
    }
    const values = this.#enumerations.get(name.replace(/^enums\./, ""));
    if (values !== undefined) {
      return `s(${values.join("|")})`;
    }
    return name.startsWith("pulumi.") ? "a" : "resource";
  }

  #objectCode(name: string): string {
    if (!this.#reached.has(name)) {
      const declaration = this.#inputTypes.get(name);
      if (declaration === undefined) {
        return "a";
      }
      this.#reached.set(name, {}); // stops a type that contains itself
      this.#reached.set(name, this.#properties(declaration, name));
    }
    return `@${name}`;
  }
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
}

function propertiesOf(declaration: Members): readonly (ts.PropertySignature | ts.PropertyDeclaration)[] {
  return [...declaration.members].filter(
    (member) => ts.isPropertySignature(member) || ts.isPropertyDeclaration(member),
  );
}

/** All text before a member, tags included: Pulumi's generator writes replacements and deprecations as prose. */
function docstringOf(member: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(member)
    .map((it) => it.getText())
    .join("\n")
    .replace(/^\s*\/?\*+\/?/gm, "")
    .replace(/\s*\*+\/\s*$/, "")
    .trim();
}

function interfacesByName(file: ts.SourceFile): ReadonlyMap<string, ts.InterfaceDeclaration> {
  const result = new Map<string, ts.InterfaceDeclaration>();
  const visit = (node: ts.Node, path: string): void => {
    if (ts.isInterfaceDeclaration(node)) {
      result.set(path + node.name.text, node);
    } else if (ts.isModuleDeclaration(node)) {
      ts.forEachChild(node, (child) => visit(child, `${path}${node.name.text}.`));
    } else {
      ts.forEachChild(node, (child) => visit(child, path));
    }
  };
  visit(file, "");
  return result;
}

/** `const X: { readonly A: "a" }` in types/enums: X → its values. */
function enumerationsByName(root: string): ReadonlyMap<string, readonly string[]> {
  const result = new Map<string, readonly string[]>();
  const folder = join(root, "types/enums");
  const files = existsSync(folder) ? ts.sys.readDirectory(folder, [".d.ts"]) : [];
  for (const file of files) {
    const module = file.slice(folder.length + 1, -"index.d.ts".length).replaceAll("/", ".");
    for (const statement of parse(file).statements.filter(ts.isVariableStatement)) {
      for (const { name, type } of statement.declarationList.declarations) {
        result.set(module + name.getText(), literalsOf(type));
      }
    }
  }
  return result;
}

function literalsOf(type: ts.TypeNode | undefined): readonly string[] {
  return [...(type?.getText().matchAll(/:\s*"([^"]*)"/g) ?? [])].map((match) => match[1] ?? "");
}

function argumentOf(type: ts.TypeNode | undefined, generic: string): ts.TypeNode | undefined {
  const matches = type !== undefined && ts.isTypeReferenceNode(type) && type.typeName.getText() === `pulumi.${generic}`;
  return matches ? type.typeArguments?.[0] : undefined;
}

function allowsUndefined(type: ts.TypeNode): boolean {
  return ts.isUnionTypeNode(type) && type.types.some((it) => it.kind === ts.SyntaxKind.UndefinedKeyword);
}

function outputCode(type: ts.TypeNode): string {
  if (ts.isArrayTypeNode(type)) {
    return "[a";
  }
  return ts.isTypeLiteralNode(type) ? "{a" : keywordCode(type);
}

function keywordCode(node: ts.TypeNode): string {
  switch (node.kind) {
    case ts.SyntaxKind.StringKeyword:
      return "s";
    case ts.SyntaxKind.NumberKeyword:
      return "n";
    case ts.SyntaxKind.BooleanKeyword:
      return "b";
    default:
      return "a";
  }
}

/** Puts documented values on a string, or on the strings of a list. */
function withValues(code: string, values: readonly string[] | undefined): string {
  return values !== undefined && values.length > 0 && (code === "s" || code === "[s")
    ? `${code}(${values.join("|")})`
    : code;
}
