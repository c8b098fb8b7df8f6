import { Command } from "commander";
import { withExamples } from "../console/examples.ts";
import { say } from "../console/progress.ts";
import { root } from "../root.ts";

interface LogOptions {
  readonly stack: string;
  readonly correlationId?: string;
  readonly since?: string;
  readonly level?: string;
  readonly follow?: boolean;
  readonly target?: string;
}

export function logsCommand(): Command {
  const command = new Command("logs")
    .description(
      "print what a component of a stack writes: Loki is asked, and where it cannot be, the containers on Docker themselves",
    )
    .argument("[component]", "default: all of them")
    .option("--stack <stack>", "as in Pulumi.<stack>.yaml", "dev")
    .option("--correlation-id <id>", "only lines of this request, of whatever component")
    .option("--since <time>", "only what is newer than this, as 30s, 10m, 2h; of what is stored by default 1h")
    .option("--level <level>", "only lines of this level and above: debug, info, warning, error")
    .option("--follow", "go on with what is written from now on, until Ctrl-C")
    .option("--target <target>", "on another target than the settings say")
    .action((component: string | undefined, options: LogOptions) => logs(component, options));
  return withExamples(command, [
    ["logs gateway --since 10m --follow", "the gateway's last ten minutes, and what follows"],
    ["logs --stack prod --correlation-id 4f1c… --since 2h", "what every service of prod did for one request"],
  ]);
}

async function logs(component: string | undefined, { stack, follow, target, ...typed }: LogOptions): Promise<void> {
  const { readStackFile } = await import("../../stacks/files.ts");
  const { readSettings } = await import("../../stacks/read.ts");
  const { describePlatform, isWorkload, membersOf } = await import("../../components/specification.ts");
  const { readRequest } = await import("../logs/request.ts");
  const { printAnywhere } = await import("../logs/anywhere.ts");
  const settings = readSettings(readStackFile(root, stack, target));
  const components = membersOf(describePlatform(settings))
    .filter(isWorkload)
    .map(({ name }) => name);
  const request = readRequest({ ...typed, ...(component === undefined ? {} : { component }) }, components);
  await printAnywhere(settings, request, follow ? untilInterrupted() : undefined, {
    say,
    printOwn: async (begin) => {
      const { openDockerStack } = await import("../docker/daemon.ts");
      const { printLogs } = await import("../docker/logs.ts");
      const { level, ...own } = request;
      await printLogs(await openDockerStack(stack, target), { ...own, follow: follow ?? false }, process.stdout, begin);
    },
  });
}

/** The first Ctrl-C ends what is followed, and a tunnel with it. */
function untilInterrupted(): AbortSignal {
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  process.once("SIGTERM", () => interrupted.abort());
  return interrupted.signal;
}
