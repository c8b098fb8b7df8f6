import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { openProject } from "../../../cli/engine/project.ts";
import { formatStackFile } from "../../../cli/engine/stack-file.ts";
import type { StackOf } from "../../../cli/engine/stacks.ts";
import { root } from "../../../cli/root.ts";
import { secretNames } from "../../../components/workload/index.ts";
import { readStackFile } from "../../../stacks/files.ts";

/** Nobody pulls from it: no container runs. */
const registry = "registry.example.com/trading";

/** The platform's project in a folder of its own, whose stack is production on Kubernetes in a version of the application. */
export async function productionOf(folder: string, version: string): Promise<StackOf> {
  const { ecs: _, ...production } = readStackFile(root, "prod").config;
  const settings = {
    ...production,
    environment: "production",
    target: "kubernetes",
    images: { application: registry, version },
  };
  const config = {
    ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [`trading-platform:${key}`, value])),
    ...Object.fromEntries(secretNames.map((name) => [`secrets:${name}`, `value of ${name}`])),
  };
  await mkdir(folder, { recursive: true });
  const program = relative(folder, join(import.meta.dirname, "program.ts"));
  await writeFile(join(folder, "Pulumi.yaml"), `name: trading-platform\nruntime: nodejs\nmain: ${program}\n`);
  // The developer's own: its state is made by itself. None of its passwords is production's, whatever the stack is called.
  await writeFile(join(folder, "Pulumi.dev.yaml"), formatStackFile({ config }));
  return { project: openProject(folder), stack: "dev" };
}
