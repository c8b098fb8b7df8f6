import { Argument, Command } from "commander";
import { openedMembers } from "../../components/access.ts";
import { withExamples } from "../console/examples.ts";
import { root } from "../root.ts";

interface OpenOptions {
  readonly target?: string;
}

export function openCommand(): Command {
  const command = new Command("open")
    .description(
      "open the way to Grafana, Prometheus, Alertmanager or Loki of a stack, until Ctrl-C; links of messages lead there",
    )
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .addArgument(new Argument("[member]", "default: say what there is to open").choices(openedMembers))
    .option("--target <target>", "on another target than the settings say")
    .action((stack: string, member: string | undefined, { target }: OpenOptions) =>
      member === undefined ? list(stack, target) : open(stack, member, target),
    );
  return withExamples(command, [
    ["open dev", "what there is to look at, and where"],
    ["open prod alertmanager", "the way to prod's Alertmanager, where alerts are silenced"],
  ]);
}

async function settingsFor(stack: string, target: string | undefined) {
  const { readStackFile } = await import("../../stacks/files.ts");
  const { readSettings } = await import("../../stacks/read.ts");
  return readSettings(readStackFile(root, stack, target));
}

async function list(stack: string, target: string | undefined): Promise<void> {
  const { missingAdvice, openingsOf, openingsTable, seen } = await import("../open/list.ts");
  const { answers } = await import("../open/tunnel.ts");
  const found = await seen(openingsOf(await settingsFor(stack, target)), answers);
  console.log(openingsTable(found));
  const advice = missingAdvice(found, stack);
  if (advice !== undefined) console.error(`platform: ${advice}`);
}

async function open(stack: string, wanted: string, target: string | undefined): Promise<void> {
  const { openWay } = await import("../open/tunnel.ts");
  const member = openedMembers.find((name) => name === wanted);
  if (member === undefined) return;
  const way = await openWay(await settingsFor(stack, target), member);
  console.log(`${member} of ${stack}: ${way.url}`);
  if (!way.isTunnel) return;
  console.error("platform: the way is open until Ctrl-C");
  process.once("SIGINT", () => void way.close());
  process.once("SIGTERM", () => void way.close());
  await way.closed;
}
