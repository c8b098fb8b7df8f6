import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { say } from "../console/progress.ts";
import { root } from "../root.ts";

interface DrillOptions {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly report?: string;
  readonly stack: string;
  readonly yes?: boolean;
}

export function drillCommand(): Command {
  const command = new Command("drill")
    .description(
      "break a running stack for real, and see who is told, when, and that it is mended; repairs what an earlier drill left",
    )
    .argument("[alert...]", "as in ./platform alerts")
    .option("--all", "every alert that has a drill")
    .option("--stack <stack>", "a stack on Docker", "dev")
    .option("--yes", "do not ask")
    .option("--json", "for machines")
    .option(
      "--report <folder>",
      "write a page with a timeline, the timeline alone as SVG, and the outcomes as JSON, into a folder",
    )
    .action(drill);
  return withExamples(command, [["drill RedisDown", "stop dev's Redis, and see who is told and when"]]);
}

async function drill(alerts: readonly string[], options: DrillOptions): Promise<void> {
  const { all = false, json, report, stack, yes = false } = options;
  if (all === alerts.length > 0) {
    const { drills } = await import("../drill/catalogue.ts");
    throw new UserError(`say --all, or which alerts: ${drills.map(({ alert }) => alert).join(", ")}`, 2);
  }
  const [
    { drillSession, promisedInProd, requireFolder },
    { confirmed },
    { listenForInterrupts },
    { drillsPage, drillsTable },
    { isPassed, timeline },
  ] = await Promise.all([
    import("../drill/session.ts"),
    import("../engine/confirm.ts"),
    import("../engine/interrupt.ts"),
    import("../drill/report.ts"),
    import("../drill/chart.ts"),
  ]);
  if (report !== undefined) await requireFolder(report);
  const interrupts = listenForInterrupts(say, "stopping: what is broken is repaired first");
  try {
    const outcomes = await drillSession({
      checkout: root,
      stack,
      alerts,
      interrupt: interrupts.interrupt,
      say,
      confirm: () => confirmed({ stack, operation: "break for a drill", byName: false, yes }),
    });
    const inProd = promisedInProd(root, outcomes, say);
    console.log(json ? JSON.stringify(outcomes, undefined, 2) : drillsTable(outcomes, inProd));
    if (report !== undefined) {
      const { writeFile } = await import("node:fs/promises");
      const { join } = await import("node:path");
      await writeFile(join(report, "drills.html"), drillsPage(stack, outcomes, inProd));
      await writeFile(join(report, "drills.svg"), `${timeline(outcomes)}\n`);
      await writeFile(join(report, "drills.json"), `${JSON.stringify(outcomes, undefined, 2)}\n`);
    }
    const failed = outcomes.filter((outcome) => !isPassed(outcome)).length;
    if (failed > 0) throw new UserError(`${stack}: ${failed} of ${outcomes.length} drills are not as promised`);
  } finally {
    interrupts.stop();
  }
}
