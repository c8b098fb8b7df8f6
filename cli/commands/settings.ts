import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { table } from "../console/table.ts";
import { root } from "../root.ts";

interface SettingsOptions {
  readonly json?: boolean;
  readonly target?: string;
}

export function settingsCommand(): Command {
  const command = new Command("settings")
    .description("print a stack's effective settings, and where each value comes from")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .option("--json", "for machines")
    .option("--target <target>", "on another target than the settings say")
    .action((stack: string, options: SettingsOptions) => show(stack, options));
  return withExamples(command, [["settings prod", "what prod is made of, and where each value comes from"]]);
}

async function show(stack: string, { json, target }: SettingsOptions): Promise<void> {
  const { settingsReport } = await import("../../stacks/report.ts");
  const report = settingsReport(root, stack, target);
  const { leaves, warnings, problems } = report;
  if (json) console.log(JSON.stringify({ stack, leaves, warnings, problems }, null, 2));
  else if (leaves.length > 0) {
    const rows = leaves.map(({ key, value, origin }) => [key, written(value), origin]);
    console.log(table([["trading-platform:", "value", "from"], ...rows]));
  }
  for (const { key, message } of warnings) console.error(`warning: ${key}: ${message}`);
  if (problems.length === 0) return;
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  const lines = problems.map(({ key, message }) => `  ${key}: ${message}`);
  throw new UserError([`Pulumi.${stack}.yaml: ${count}`, ...lines].join("\n"));
}

const written = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
