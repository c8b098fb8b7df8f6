import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { root } from "../../cli/root.ts";

const folder = join(root, ".github", "workflows");

export const workflowFiles: readonly string[] = readdirSync(folder).map((name) => join(folder, name));

const texts = z.record(z.string(), z.unknown());
const step = z.object({
  id: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: texts.default({}),
  env: texts.default({}),
});
const concurrency = z.object({ group: z.string(), "cancel-in-progress": z.unknown() });
const job = z.object({
  if: z.string().optional(),
  needs: z
    .union([z.string(), z.array(z.string())])
    .default([])
    .transform((needs) => (typeof needs === "string" ? [needs] : needs)),
  uses: z.string().optional(),
  with: texts.default({}),
  env: texts.default({}),
  permissions: z.record(z.string(), z.string()),
  "timeout-minutes": z.number().optional(),
  environment: z.string().optional(),
  concurrency: concurrency.optional(),
  strategy: z.object({ matrix: texts }).optional(),
  steps: z.array(step).default([]),
});
const workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  concurrency: concurrency.optional(),
  jobs: z.record(z.string(), job),
});

export type Workflow = z.infer<typeof workflow>;

/** The workflows by their file's name, as far as the tests ask. Throws where a job states no permissions. */
export const workflows: Readonly<Record<string, Workflow>> = Object.fromEntries(
  workflowFiles.map((file) => [basename(file), workflow.parse(parse(readFileSync(file, "utf8")))]),
);
