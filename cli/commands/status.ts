import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { table } from "../console/table.ts";

export function statusCommand(): Command {
  const command = new Command("status")
    .description("say what of a stack runs on its Docker daemon, how it is, and where it answers")
    .argument("[stack]", "a stack on Docker", "dev")
    .option("--json", "for machines")
    .action((stack: string, { json }: { json?: boolean }) => status(stack, json ?? false));
  return withExamples(command, [["status", "what of dev runs, how it is, and where it answers"]]);
}

async function status(stack: string, json: boolean): Promise<void> {
  const { containersOf, openDockerStack } = await import("../docker/daemon.ts");
  const { nobodyLeftOut, withoutImages } = await import("../docker/left-out.ts");
  const { isWell, statusOf } = await import("../docker/status.ts");
  const { developersStack } = await import("../engine/live.ts");
  const opened = await openDockerStack(stack);
  const { settings, daemon } = opened;
  const { names, lines } =
    stack === developersStack ? await withoutImages(settings, daemon, { getThem: false }) : nobodyLeftOut;
  const rows = statusOf(opened.workloads, await containersOf(opened), names);
  if (json) console.log(JSON.stringify(rows, null, 2));
  else {
    const cells = rows.map(({ component, state, since, version, addresses }) => [
      component,
      state,
      since,
      version,
      addresses.join(" "),
    ]);
    console.log(table([["component", "state", "for", "version", "answers at"], ...cells]));
    for (const line of lines) console.error(`platform: ${line}`);
  }
  const unwell = rows.filter((row) => !isWell(row)).length;
  if (unwell > 0) throw new UserError(`${stack}: ${unwell} of ${rows.length} do not run as they should`);
}
