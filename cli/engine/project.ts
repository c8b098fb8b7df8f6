import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { nearest } from "../../stacks/nearest.ts";
import { UserError } from "../console/error.ts";
import { parseStackFile, type StackFile } from "./stack-file.ts";

/** A Pulumi project in a folder: its name and its stacks are what the files there say. */
export interface Project {
  readonly name: string;
  readonly directory: string;
  /** Module whose default export is the program. */
  readonly program: string;
  /** The names in `Pulumi.<stack>.yaml`, in the order of a release: dev, staging, prod, then others. */
  readonly stacks: readonly string[];
}

const releaseOrder = ["dev", "staging", "prod"];

/** Reads the project in a folder. Throws a UserError where there is none. */
export function openProject(directory: string): Project {
  const file = join(directory, "Pulumi.yaml");
  if (!existsSync(file)) throw new UserError(`${directory} is not a Pulumi project: it has no Pulumi.yaml`);
  const { name, main = "index.ts" }: { name?: unknown; main?: unknown } = parse(readFileSync(file, "utf8")) ?? {};
  if (typeof name !== "string") throw new UserError(`${file} does not say the project's name`);
  const stacks = readdirSync(directory).flatMap((entry) => /^Pulumi\.(.+)\.yaml$/.exec(entry)?.[1] ?? []);
  const rank = (stack: string) => (releaseOrder.includes(stack) ? releaseOrder.indexOf(stack) : releaseOrder.length);
  return {
    name,
    directory,
    program: join(directory, String(main)),
    stacks: stacks.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b)),
  };
}

/** Refuses a stack that the project does not have, naming those it has. */
export function requireStack(project: Project, stack: string): string {
  if (project.stacks.includes(stack)) return stack;
  throw unknownStack(stack, project.stacks);
}

/** Says which stacks there are, and which one was probably meant. */
export function unknownStack(stack: string, stacks: readonly string[]): UserError {
  const meant = nearest(stack, stacks);
  return new UserError(
    `there is no stack "${stack}"${meant === undefined ? "." : `; did you mean "${meant}"?`} ` +
      `Stacks (each a Pulumi.<stack>.yaml): ${stacks.join(", ") || "none"}. ` +
      `A new one is a new file: cp Pulumi.staging.yaml Pulumi.${newName(stack)}.yaml, ` +
      "then say trading-platform:environment in it (development, staging or production)",
    2,
  );
}

/** What stands in a command to copy, so nothing that a shell would take for more than a name. */
const newName = (stack: string): string => (/^[\w.-]+$/.test(stack) ? stack : "<stack>");

/** The stack's file as it is in the checkout. Throws a UserError where it is not valid YAML. */
export function readStackFile(project: Project, stack: string): StackFile {
  const file = join(project.directory, `Pulumi.${stack}.yaml`);
  try {
    return parseStackFile(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}
