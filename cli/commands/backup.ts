import { Argument, Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { step } from "../console/progress.ts";
import { root } from "../root.ts";

interface BackupOptions {
  readonly json?: boolean;
  readonly target?: string;
}

const actions = ["list", "now"] as const;
type Action = (typeof actions)[number];

export function backupCommand(): Command {
  const command = new Command("backup")
    .description("list the backups of a stack's database, or take one now and prove it by a restore")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .addArgument(new Argument("[action]").choices(actions).default("list"))
    .option("--json", "for machines")
    .option("--target <target>", "on another target than the settings say: docker where Docker Compose runs prod")
    .action(backup)
    .addHelpText("after", "\nWhere the cloud or a cluster has the backups it says what to run there, and ends with 1.");
  return withExamples(command, [
    ["backup dev now", "take a backup of dev's database, and prove it"],
    ["backup dev", "which there are, and which of them count"],
  ]);
}

async function backup(name: string, action: Action, { json = false, target }: BackupOptions): Promise<void> {
  const [{ readStackFile }, { readSettings }, { runElsewhere }] = await Promise.all([
    import("../../stacks/files.ts"),
    import("../../stacks/read.ts"),
    import("../backup/elsewhere.ts"),
  ]);
  const elsewhere = runElsewhere(readSettings(readStackFile(root, name, target)), action);
  if (elsewhere !== undefined) throw new UserError(elsewhere);
  const [{ openDockerStack }, { runInCompose }, { backUpNow, listBackups }, { backupsText, takenText }] =
    await Promise.all([
      import("../docker/daemon.ts"),
      import("../backup/compose.ts"),
      import("../backup/stack.ts"),
      import("../backup/report.ts"),
    ]);
  const stack = await openDockerStack(name, target);
  const inCompose = await runInCompose(stack, action);
  if (inCompose !== undefined) throw new UserError(inCompose);
  if (action === "list") {
    const backups = await listBackups(stack);
    console.log(json ? JSON.stringify(backups, undefined, 2) : backupsText(name, backups));
  } else {
    const taken = await step("taking a backup and proving it", "10 s", () => backUpNow(stack));
    console.log(json ? JSON.stringify(taken, undefined, 2) : takenText(name, taken));
  }
}
