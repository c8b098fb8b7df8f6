import { Command, InvalidArgumentError } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { say } from "../console/progress.ts";

/** Exit code where a certificate is not good: 1 is an error, 2 a command that is not understood. */
const found = 3;

export function certsCommand(): Command {
  const check = new Command("check")
    .description("say when the authority and each member's certificate end, and what is wrong with them")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .option("--json", "for machines")
    .addHelpText(
      "after",
      `\nExit code: 0 all are good, ${found} one is not or ends soon, 1 one could not be looked up.`,
    )
    .action(checkStack);
  const issue = new Command("issue")
    .description("make the authority and the certificates that are missing or not good any more")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .option("--days <days>", "how long the certificates are good for, 10 to 90", days)
    .action(issueStack);
  const rotate = new Command("rotate")
    .description("give every member another certificate; then `up` brings them, and nothing is started anew")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .option("--days <days>", "how long the certificates are good for, 10 to 90", days)
    .option("--authority", "begin to put another authority in place, in three steps")
    .option("--next", "with --authority: the last step has reached every member, go on")
    .action(rotateStack);
  withExamples(check, [checkExample]);
  withExamples(issue, [issueExample]);
  withExamples(rotate, [rotateExample, authorityExample]);
  return withExamples(
    new Command("certs")
      .description("certificates by which members of a stack know each other (mTLS)")
      .addCommand(check.exitOverride())
      .addCommand(issue.exitOverride())
      .addCommand(rotate.exitOverride()),
    [checkExample, issueExample, rotateExample],
  );
}

const checkExample = ["certs check prod", "what ends when"] as const;
const issueExample = ["certs issue prod", "what is missing, before the first `up` with mtls"] as const;
const rotateExample = ["certs rotate prod", "other certificates for all, 30 days"] as const;
const authorityExample = ["certs rotate prod --authority", "another authority, three steps"] as const;

/** Shorter ones would end before somebody heard of it: MemberCertificateExpiring tells seven days ahead. */
function days(written: string): number {
  const value = Number(written);
  if (Number.isInteger(value) && value >= 10 && value <= 90) return value;
  throw new InvalidArgumentError("It must be a whole number from 10 to 90.");
}

async function opened(stack: string) {
  const [{ openCerts }, certs] = await Promise.all([import("../certs/ground.ts"), import("../certs/certs.ts")]);
  return { ground: await openCerts(stack, say), certs };
}

async function checkStack(stack: string, { json }: { readonly json?: boolean }): Promise<void> {
  const { ground, certs } = await opened(stack);
  const { certsJson, certsText } = await import("../certs/report.ts");
  const judged = await certs.checkCerts(ground);
  console.log(json ? certsJson(stack, judged) : certsText(judged));
  const bad = judged.filter(({ verdict }) => verdict !== "fine").length;
  if (bad === 0) return;
  const out = `./platform certs issue ${stack}, then ./platform up ${stack}`;
  throw new UserError(`${stack}: ${bad} of ${judged.length} certificates are not good: ${out}`, found);
}

interface IssueOptions {
  readonly days?: number;
}

async function issueStack(stack: string, { days }: IssueOptions): Promise<void> {
  const { ground, certs } = await opened(stack);
  const made = await certs.issueCerts(ground, days);
  const { howToBring } = await import("../certs/report.ts");
  say(made.length === 0 ? `${stack}: all certificates are good; nothing was made` : howToBring(ground.settings));
}

interface RotateOptions extends IssueOptions {
  readonly authority?: boolean;
  readonly next?: boolean;
}

async function rotateStack(stack: string, { days, authority = false, next = false }: RotateOptions): Promise<void> {
  if (next && !authority) throw new UserError("--next goes with --authority");
  const { ground, certs } = await opened(stack);
  const { afterAuthority, howToBring } = await import("../certs/report.ts");
  if (!authority) {
    await certs.rotateCerts(ground, days);
    say(howToBring(ground.settings));
    return;
  }
  const step = await certs.rotateAuthority(ground, next, days);
  const after = afterAuthority(ground.settings);
  say(`${stack}: ${step}. ${howToBring(ground.settings)}${after === undefined ? "" : `; ${after}`}`);
  if (step !== "the old one is trusted no more") {
    say(`when that has reached every member: ./platform certs rotate ${stack} --authority --next`);
  }
}
