import { z } from "zod";
import { runProgram } from "../process.ts";
import type { Held } from "./held.ts";

const described = z.looseObject({ DeletedDate: z.coerce.date().optional() });
const versions = z.looseObject({
  Versions: z
    .array(z.looseObject({ VersionStages: z.array(z.string()).default([]), CreatedDate: z.coerce.date().optional() }))
    .default([]),
});

/**
 * What AWS Secrets Manager says of an entry; the call that gives its value is not made. The date is its current version's:
 * the entry's own changes with a tag, too.
 */
export async function heldInCloud(arn: string): Promise<Held> {
  const entry = await asked("describe-secret", arn);
  if (!("answer" in entry)) return entry;
  // One that is marked for deletion gives no value.
  if (described.parse(entry.answer).DeletedDate !== undefined) return { state: "missing" };
  const listed = await asked("list-secret-version-ids", arn);
  if (!("answer" in listed)) return listed;
  const current = versions
    .parse(listed.answer)
    .Versions.find(({ VersionStages }) => VersionStages.includes("AWSCURRENT"));
  return current === undefined ? { state: "missing" } : { state: "there", since: current.CreatedDate };
}

async function asked(operation: string, arn: string): Promise<Held | { readonly answer: unknown }> {
  const region = arn.split(":")[3];
  const words = ["secretsmanager", operation, `--region=${region}`, `--secret-id=${arn}`, "--output=json"];
  const ended = await runProgram({ program: "aws", words });
  if (ended === undefined) return { state: "not told", why: "aws is not on PATH" };
  if (ended.code === 0) return { answer: JSON.parse(ended.stdout) };
  if (ended.stderr.includes("ResourceNotFoundException")) return { state: "missing" };
  return { state: "not told", why: ended.stderr.trim().split("\n").at(-1) || `aws ended with ${ended.code}` };
}
