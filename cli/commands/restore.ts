import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { say, step } from "../console/progress.ts";
import { root } from "../root.ts";

interface RestoreOptions {
  readonly at?: string;
  readonly force?: boolean;
  readonly target?: string;
}

export function restoreCommand(): Command {
  const command = new Command("restore")
    .description("make a stack's database as it was, at a time or as late as its log goes; it is stopped meanwhile")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .option("--at <time>", "ISO 8601 with its zone, as 2026-11-25T21:30:00Z")
    .option("--force", "though there is a database: it is kept beside the restored one")
    .option("--target <target>", "on another target than the settings say: docker where Docker Compose runs prod")
    .action(restore)
    .addHelpText("after", "\nWhatever is refused or fails: the database that was there runs again, with all its rows.");
  return withExamples(command, [
    ["restore dev --at 2026-11-25T21:30:00Z --force", "dev's database, as it was before the mistake"],
  ]);
}

async function restore(name: string, { at, force = false, target }: RestoreOptions): Promise<void> {
  const [{ readStackFile }, { readSettings }, { runElsewhere }, { requireMoment }] = await Promise.all([
    import("../../stacks/files.ts"),
    import("../../stacks/read.ts"),
    import("../backup/elsewhere.ts"),
    import("../backup/request.ts"),
  ]);
  if (at !== undefined) requireMoment(at);
  const request = { force, ...(at === undefined ? {} : { at }) };
  const elsewhere = runElsewhere(readSettings(readStackFile(root, name, target)), "restore", request);
  if (elsewhere !== undefined) throw new UserError(elsewhere);
  const [{ openDockerStack }, { runInCompose }, restoring, { listenForInterrupts }] = await Promise.all([
    import("../docker/daemon.ts"),
    import("../backup/compose.ts"),
    import("../backup/restore.ts"),
    import("../engine/interrupt.ts"),
  ]);
  const stack = await openDockerStack(name, target);
  const inCompose = await runInCompose(stack, "restore", request);
  if (inCompose !== undefined) throw new UserError(inCompose);
  const interrupts = listenForInterrupts(say, "the restore is finished first (again to end it: what was there stays)");
  try {
    const { backup, old, away } = await restoring.restore(stack, request, step, interrupts.kill);
    console.log(
      `${name}: the database is as it was ${at === undefined ? "at the end of its log" : `at ${at}`} (backup ${backup}); it was away for ${Math.round(away / 1000)} s`,
    );
    if (old !== undefined) {
      const { Name } = await (await restoring.databaseOf(stack)).inspect();
      console.log(`what was there before stays until you remove it: docker exec ${Name.slice(1)} rm -r ${old}`);
    }
  } finally {
    interrupts.stop();
  }
}
