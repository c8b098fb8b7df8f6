import { resolve } from "node:path";
import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";

export function policiesCommand(): Command {
  const check = new Command("check")
    .description("judge what is deployed: the stack's recorded state, without running the program or asking a provider")
    .argument("<stack>", "as in Pulumi.<stack>.yaml")
    .option("--state <file>", "judge a file that `pulumi stack export` wrote, without a backend")
    .option("--sarif <file>", "also write the findings for code-review pages")
    .action((stack: string, { state, sarif }: CheckOptions) => checkStack(stack, state, sarif));
  return withExamples(new Command("policies").description("judge by the policies").addCommand(check.exitOverride()), [
    ["policies check prod", "what the policies find in what runs now"],
  ]);
}

interface CheckOptions {
  readonly state?: string;
  readonly sarif?: string;
}

async function checkStack(name: string, state: string | undefined, sarif: string | undefined): Promise<void> {
  const [{ chooseStacks, projectsIn }, { analyze }, { findingLines }, { policyTable }] = await Promise.all([
    import("../engine/stacks.ts"),
    import("../engine/analyze.ts"),
    import("../engine/report/findings.ts"),
    import("../engine/report/summary.ts"),
  ]);
  for (const stackOf of chooseStacks(projectsIn(), [name])) {
    const analysis = await analyze(stackOf, state === undefined ? undefined : resolve(state));
    if (sarif !== undefined) {
      const { writeSarif } = await import("../engine/report/sarif.ts");
      await writeSarif(sarif, [analysis]);
    }
    const findings = [...analysis.violations, ...analysis.warnings];
    console.log(
      findings.length === 0
        ? `${name}: nothing found`
        : [...findingLines([analysis]), "", policyTable([analysis])].join("\n"),
    );
    if (analysis.violations.length > 0) throw new UserError(`${name}: what is deployed violates a policy`);
  }
}
