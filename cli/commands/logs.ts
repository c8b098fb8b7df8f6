import { Command } from "commander";
import { withExamples } from "../console/examples.ts";

interface LogOptions {
  readonly stack: string;
  readonly since?: string;
  readonly follow?: boolean;
}

export function logsCommand(): Command {
  const command = new Command("logs")
    .description("print what a component of a stack on Docker writes, of all its containers")
    .argument("[component]", "default: all of them")
    .option("--stack <stack>", "a stack on Docker", "dev")
    .option("--since <time>", "only what is newer than this, as 30s, 10m, 2h")
    .option("--follow", "go on with what is written from now on, until Ctrl-C")
    .action((component: string | undefined, options: LogOptions) => logs(component, options));
  return withExamples(command, [
    ["logs gateway --since 10m --follow", "the gateway's last ten minutes, and what follows"],
  ]);
}

async function logs(component: string | undefined, { stack, since, follow }: LogOptions): Promise<void> {
  const { openDockerStack } = await import("../docker/daemon.ts");
  const { printLogs } = await import("../docker/logs.ts");
  const opened = await openDockerStack(stack);
  await printLogs(opened, {
    follow: follow ?? false,
    ...(component === undefined ? {} : { component }),
    ...(since === undefined ? {} : { since }),
  });
}
