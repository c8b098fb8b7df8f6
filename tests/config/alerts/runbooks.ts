import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../cli/root.ts";

export const runbooks = join(root, "docs", "runbooks");
export const read = (name: string): string => readFileSync(join(runbooks, `${name}.md`), "utf8");

/** The content of a runbook's code blocks in that language. */
export const blocks = (name: string, language: string): readonly string[] =>
  [...read(name).matchAll(/^ *```(\w+)\n([\s\S]*?)^ *```$/gm)].flatMap(([, found, code = ""]) =>
    found === language ? [code.replaceAll(/^ {3}/gm, "").trim()] : [],
  );
