import { Command } from "commander";
import type { Settings } from "../../components/settings.ts";
import { withExamples } from "../console/examples.ts";
import { table } from "../console/table.ts";
import { root } from "../root.ts";

export function alertsCommand(): Command {
  const command = new Command("alerts")
    .description("print a stack's alerts: who is told, how late at worst, and which blip tells nobody")
    .argument("[stack]", "as in Pulumi.<stack>.yaml; default: every stack")
    .option("--target <target>", "on another target than the settings say")
    .action((stack: string | undefined, { target }: { target?: string }) => show(stack, target));
  return withExamples(command, [["alerts prod", "who is told of what in prod, and how soon"]]);
}

async function show(stack: string | undefined, target: string | undefined): Promise<void> {
  const { readStackFile, stacksIn } = await import("../../stacks/files.ts");
  const { readSettings } = await import("../../stacks/read.ts");
  const stacks = stack === undefined ? stacksIn(root) : [stack];
  const all = stacks.map((each) => readSettings(readStackFile(root, each, target)));
  const texts = await Promise.all(all.map(alertsText));
  console.log(texts.join("\n\n"));
}

/** The alerts of a stack as a table, and below it what the stack wants otherwise, with its reasons. */
export async function alertsText(settings: Settings): Promise<string> {
  const { ignoredBlip, worstDelay } = await import("../../components/alerts/delay.ts");
  const { receiversFor } = await import("../../components/alerts/routes.ts");
  const { describePlatform } = await import("../../components/specification.ts");
  const { formatDuration } = await import("../../components/workload/index.ts");
  const rows = describePlatform(settings).alerts.map((alert) => [
    alert.name,
    alert.severity,
    receiversFor(alert).join(", "),
    formatDuration(worstDelay(alert, settings)),
    formatDuration(ignoredBlip(alert, settings)),
  ]);
  const overrides = Object.entries(settings.alerts.overrides).map(
    ([name, { reason, off, ...changed }]) =>
      `${name}: ${off === true ? "off" : `other ${Object.keys(changed).join(", ")}`}, because: ${reason}`,
  );
  const heading = `${settings.stack} on ${settings.target.name}: ${rows.length} alerts`;
  const listed = table([["alert", "severity", "told", "worst delay", "ignores a blip of"], ...rows]);
  return [heading, listed, ...overrides].join("\n");
}
