import { createRequire } from "node:module";
import { asValue, type Node, text } from "./values.ts";

/** Reads a property that holds YAML as text; undefined where it is none (a template, for instance). */
export function yaml(node: Node): Node | undefined {
  try {
    // Loaded when there is something to read: most programs have nothing, and each start of the pack would pay for it.
    const { parse }: typeof import("yaml") = createRequire(import.meta.url)("yaml");
    return { path: node.path, value: asValue(parse(text(node) ?? "")) ?? undefined };
  } catch {
    return undefined;
  }
}
