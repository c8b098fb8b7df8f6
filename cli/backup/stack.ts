import type Docker from "dockerode";
import { z } from "zod";
import { backupName } from "../../components/application/backup.ts";
import { UserError } from "../console/error.ts";
import { componentOf, containersOf, type DockerStack } from "../docker/daemon.ts";
import { runIn } from "../docker/exec.ts";

/** As `services/backup` keeps it; times in ISO 8601. */
export type Backup = z.infer<typeof backupSchema>;
const backupSchema = z.object({
  id: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  serverVersion: z.string(),
  sizeBytes: z.number(),
  provenAt: z.string().optional(),
});

/** The container of one component, which has one. Throws a UserError where it is not there. */
export async function containerOf(stack: DockerStack, component: string): Promise<Docker.Container> {
  const found = (await containersOf(stack)).find((container) => componentOf(container) === component);
  if (found !== undefined) return stack.docker.getContainer(found.Id);
  throw new UserError(`${component} has no container in ${stack.stack}: ./platform up ${stack.stack}`);
}

/** What the stack has, the oldest first. */
export const listBackups = async (stack: DockerStack): Promise<readonly Backup[]> =>
  z.array(backupSchema).parse(JSON.parse(await asked(stack, "list")));

/** Has the workload take a backup and prove it by a restore. */
export const backUpNow = async (stack: DockerStack): Promise<Backup> =>
  backupSchema.parse(JSON.parse(await asked(stack, "now")));

async function asked(stack: DockerStack, word: string): Promise<string> {
  const container = await containerOf(stack, backupName);
  const { State } = await container.inspect();
  if (!State.Running) throw new UserError(`${backupName} does not run in ${stack.stack}: ./platform up ${stack.stack}`);
  try {
    return await runIn(container, [backupName, word]);
  } catch (error) {
    throw new UserError(reasonOf(error));
  }
}

/** What the workload said, without the words of who asked it. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(/^\w+ failed \(\d+\): /, "")
    .replaceAll(/^backup: /gm, "");
