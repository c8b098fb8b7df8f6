import { Argument, Command } from "commander";
import { openedMembers } from "../../components/access.ts";
import { withExamples } from "../console/examples.ts";
import { root } from "../root.ts";

export function openCommand(): Command {
  const command = new Command("open")
    .description(
      "open the way to Grafana, Prometheus, Alertmanager or Loki of a stack, until Ctrl-C; links of messages lead there",
    )
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .addArgument(new Argument("<member>").choices(openedMembers))
    .option("--target <target>", "on another target than the settings say")
    .action(open);
  return withExamples(command, [
    ["open prod alertmanager", "the way to prod's Alertmanager, where alerts are silenced"],
  ]);
}

async function open(stack: string, wanted: string, { target }: { target?: string }): Promise<void> {
  const { readStackFile } = await import("../../stacks/files.ts");
  const { readSettings } = await import("../../stacks/read.ts");
  const { openWay } = await import("../open/tunnel.ts");
  const member = openedMembers.find((name) => name === wanted);
  if (member === undefined) return;
  const way = await openWay(readSettings(readStackFile(root, stack, target)), member);
  console.log(`${member} of ${stack}: ${way.url}`);
  if (!way.isTunnel) return;
  console.error("platform: the way is open until Ctrl-C");
  process.once("SIGINT", () => void way.close());
  process.once("SIGTERM", () => void way.close());
  await way.closed;
}
