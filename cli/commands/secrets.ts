import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { root } from "../root.ts";

/** Exit code where a secret is missing, too old or open: 1 is an error, 2 a command that is not understood. */
const found = 3;

export function secretsCommand(): Command {
  const check = new Command("check")
    .description("say which secrets of a stack are missing or too old, and how to set each; no value is read or shown")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .option("--json", "for machines")
    .option("--target <target>", "on another target than the settings say")
    .addHelpText(
      "after",
      `\nExit code: 0 all are there, ${found} one is missing, too old or in plain text, 1 one could not be looked up.`,
    )
    .action(checkStack);
  withExamples(check, checkExamples);
  return withExamples(
    new Command("secrets").description("the secrets of a stack, never their values").addCommand(check.exitOverride()),
    checkExamples,
  );
}

const checkExamples = [["secrets check prod", "which secrets of prod are missing or too old"]] as const;

interface CheckOptions {
  readonly json?: boolean;
  readonly target?: string;
}

async function checkStack(stack: string, { json, target }: CheckOptions): Promise<void> {
  const [{ readStackFile }, { readSettings }, { describePlatform, membersOf }, { checkSecrets }, report, { lookUp }] =
    await Promise.all([
      import("../../stacks/files.ts"),
      import("../../stacks/read.ts"),
      import("../../components/specification.ts"),
      import("../secrets/check.ts"),
      import("../secrets/report.ts"),
      import("../secrets/look-up.ts"),
    ]);
  const settings = readSettings(readStackFile(root, stack, target));
  const members = membersOf(describePlatform(settings));
  const checked = await checkSecrets(settings, members, await lookUp(root, stack), new Date());
  console.log(json ? report.secretsJson(stack, checked) : report.secretsText(checked));
  const bad = checked.filter(({ verdict }) => verdict !== "fine" && verdict !== "not told").length;
  if (bad > 0) throw new UserError(`${stack}: ${bad} of ${checked.length} secrets are missing, too old or open`, found);
  const untold = checked.filter(({ verdict }) => verdict === "not told").length;
  if (untold > 0) throw new UserError(`${stack}: ${untold} of ${checked.length} secrets could not be looked up`);
}
