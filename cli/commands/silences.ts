import { Command } from "commander";
import { withExamples } from "../console/examples.ts";
import { root } from "../root.ts";

interface SilencesOptions {
  readonly apply?: boolean;
  readonly json?: boolean;
  readonly target?: string;
}

export function silencesCommand(): Command {
  const command = new Command("silences")
    .description("list what is silent in a stack's Alertmanager, and make it what the settings say")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .option("--apply", "make, change and remove silences, so that they are those of alerts.silences; others stay")
    .option("--json", "for machines")
    .option("--target <target>", "on another target than the settings say")
    .action(silences);
  return withExamples(command, [
    ["silences prod --apply", "what the settings silence is silent in prod, and nothing older"],
  ]);
}

async function silences(stack: string, { apply, json, target }: SilencesOptions): Promise<void> {
  const { readStackFile } = await import("../../stacks/files.ts");
  const { readSettings } = await import("../../stacks/read.ts");
  const { openWay } = await import("../open/tunnel.ts");
  const { planSilences } = await import("../../components/alerts/silences.ts");
  const { applySilences, heldSilences } = await import("../silences/api.ts");
  const { silencesText } = await import("../silences/report.ts");
  const settings = readSettings(readStackFile(root, stack, target));
  const wanted = settings.alerts.silences;
  const way = await openWay(settings, "alertmanager");
  try {
    if (apply) await applySilences(way.url, planSilences(wanted, await heldSilences(way.url), new Date()));
    const held = await heldSilences(way.url);
    if (json) console.log(JSON.stringify(held, undefined, 2));
    else console.log(silencesText(stack, wanted, held, planSilences(wanted, held, new Date())));
  } finally {
    await way.close();
  }
}
