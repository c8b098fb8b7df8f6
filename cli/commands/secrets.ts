import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { root } from "../root.ts";
import { rotatable } from "../secrets/rotatable.ts";
import { groundOf } from "./ground.ts";

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
  const rotate = new Command("rotate")
    .description("give a secret a new value without a failed request; interrupted, the next call goes on")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .addArgument(new Argument("<secret>").choices(rotatable.map(({ name }) => name)))
    .addHelpText(
      "after",
      "\nThe consumers are moved by an `up` of the stack: what else this checkout changes is deployed with it.",
    )
    .option("--back", "take back a rotation that was interrupted")
    .option("--yes", "do not ask")
    .action(rotateStack);
  const policies = new Command("policies")
    .description("Vault's policies of a stack, one a workload, and the commands that bring them about")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .option("--out <folder>", "write them there: <role>.hcl each, and setup.sh")
    .option("--target <target>", "on another target than the settings say")
    .action(printPolicies);
  withExamples(policies, [policiesExample]);
  withExamples(check, [checkExample]);
  withExamples(rotate, [rotateExample, backExample]);
  return withExamples(
    new Command("secrets")
      .description("the secrets of a stack, never their values")
      .addCommand(check.exitOverride())
      .addCommand(rotate.exitOverride())
      .addCommand(policies.exitOverride()),
    [checkExample, rotateExample],
  );
}

const checkExample = ["secrets check prod", "which secrets of prod are missing or too old"] as const;
const rotateExample = [
  "secrets rotate prod database-password",
  "another role with another password, one by one",
] as const;
const backExample = ["secrets rotate prod database-password --back", "everybody logs in as before"] as const;

const policiesExample = ["secrets policies prod --out vault", "files for vault policy write, and a script"] as const;

interface PolicyOptions {
  readonly out?: string;
  readonly target?: string;
}

async function printPolicies(stack: string, { out, target }: PolicyOptions): Promise<void> {
  const [{ settingsInUse }, { policyFiles }] = await Promise.all([
    import("../secrets/settings.ts"),
    import("../secrets/vault/policy-files.ts"),
  ]);
  const settings = await settingsInUse(stack, target);
  const files = policyFiles(settings);
  if (files.length === 0)
    throw new UserError(`${stack}: Vault holds none of its secrets; docs/secrets.md says how it does`);
  if (out === undefined) {
    for (const { name, text } of files) console.log(`# ${name}\n${text}`);
    return;
  }
  mkdirSync(out, { recursive: true });
  for (const { name, text } of files) writeFileSync(join(out, name), text);
  console.log(`${out}: ${files.length} files; bring them about with: cd ${out} && sh setup.sh`);
}

interface CheckOptions {
  readonly json?: boolean;
  readonly target?: string;
}

async function checkStack(stack: string, { json, target }: CheckOptions): Promise<void> {
  const [{ settingsInUse }, { describePlatform, membersOf }, { checkSecrets }, report, { lookUp }] = await Promise.all([
    import("../secrets/settings.ts"),
    import("../../components/specification.ts"),
    import("../secrets/check.ts"),
    import("../secrets/report.ts"),
    import("../secrets/look-up.ts"),
  ]);
  const settings = await settingsInUse(stack, target);
  const members = membersOf(describePlatform(settings));
  const checked = await checkSecrets(settings, members, await lookUp(root, stack, settings.vault), new Date());
  console.log(json ? report.secretsJson(stack, checked) : report.secretsText(checked));
  const bad = checked.filter(({ verdict }) => verdict !== "fine" && verdict !== "not told").length;
  if (bad > 0) throw new UserError(`${stack}: ${bad} of ${checked.length} secrets are missing, too old or open`, found);
  const untold = checked.filter(({ verdict }) => verdict === "not told").length;
  if (untold > 0) throw new UserError(`${stack}: ${untold} of ${checked.length} secrets could not be looked up`);
}

interface RotateOptions {
  readonly back?: boolean;
  readonly yes?: boolean;
}

async function rotateStack(stack: string, _: string, { back = false, yes = false }: RotateOptions): Promise<void> {
  const [
    { chooseStacks, environmentOf, projectsIn },
    { deploy },
    { confirmed },
    { listenForInterrupts },
    { openRotation },
    rotation,
  ] = await Promise.all([
    import("../engine/stacks.ts"),
    import("../engine/deploy.ts"),
    import("../engine/confirm.ts"),
    import("../engine/interrupt.ts"),
    import("../secrets/rotation/ground.ts"),
    import("../secrets/rotation/rotate.ts"),
  ]);
  const operation = "rotate the database password of";
  const [stackOf] = chooseStacks(projectsIn().slice(0, 1), [stack]);
  if (stackOf === undefined) return;
  const byName = environmentOf(stackOf) === "production";
  if (!(await confirmed({ stack, operation, byName, yes }))) throw new UserError("not confirmed: nothing was touched");
  const interrupts = listenForInterrupts((line) => console.error(`platform: ${line}`));
  const print = (text: string) => console.log(text);
  const ground = await openRotation(stack, () =>
    // Asked once: what is moved is on the way already.
    deploy({ stackOf, operation: "up", groundOf, interrupts, print, confirm: async () => true }),
  );
  try {
    await (back ? rotation.takeBackRotation(ground) : rotation.rotate(ground));
  } finally {
    await ground.close();
    interrupts.stop();
  }
}
