import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ReleasedImages } from "../../components/delivery/releases.ts";
import type { Environment } from "../../components/settings.ts";
import { environmentOfStack } from "../../stacks/defaults.ts";
import { environments } from "../../stacks/schema.ts";
import { root } from "../root.ts";
import { openProject, type Project, readStackFile, unknownStack } from "./project.ts";

/** One stack of one of the checkout's projects. */
export interface StackOf {
  readonly project: Project;
  readonly stack: string;
  /** The release that a run is about, in place of the one on record. */
  readonly release?: ReleasedImages;
}

/** The platform's project, and `bootstrap/` beside it: what outlives the stacks. */
export function projectsIn(directory = root): readonly Project[] {
  const folders = [directory, join(directory, "bootstrap")];
  return folders.filter((folder, index) => index === 0 || existsSync(join(folder, "Pulumi.yaml"))).map(openProject);
}

/** The stacks with these names, in this order; without names all. Throws a UserError for a name that no project has. */
export function chooseStacks(projects: readonly Project[], names: readonly string[]): readonly StackOf[] {
  const all = projects.flatMap((project) => project.stacks.map((stack) => ({ project, stack })));
  if (names.length === 0) return all;
  return [...new Set(names)].map((name) => {
    const found = all.find(({ stack }) => stack === name);
    if (found === undefined) {
      throw unknownStack(
        name,
        all.map(({ stack }) => stack),
      );
    }
    return found;
  });
}

/** The target that a stack's file asks for; empty for a project without targets. */
export function targetOf({ project, stack }: StackOf): string {
  const target = readStackFile(project, stack).config[`${project.name}:target`];
  return typeof target === "string" ? target : "";
}

/** By a stack's file, or its name; undefined for a project without environments, and where the file says what is none. */
export function environmentOf({ project, stack }: StackOf): Environment | undefined {
  const said = readStackFile(project, stack).config[`${project.name}:environment`] ?? environmentOfStack.get(stack);
  return environments.find((each) => each === said);
}
