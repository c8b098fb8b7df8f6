import { Command } from "commander";
import { withExamples } from "../console/examples.ts";
import { say } from "../console/progress.ts";
import { deployNamed } from "./deploy.ts";
import { preview } from "./preview.ts";

const stack = "bootstrap";

export function bootstrapCommand(): Command {
  const command = new Command("bootstrap")
    .description("preview what outlives the stacks: repositories, states, deploy roles; with credentials make it")
    .option("--yes", "do not ask")
    .action((_, self: Command) => bootstrap(self.optsWithGlobals()));
  return withExamples(command, [
    ["bootstrap", "without credentials of AWS and a backend: the preview; with both: preview, ask, make"],
  ]);
}

async function bootstrap(options: { readonly yes?: boolean; readonly verbose?: boolean }): Promise<void> {
  const { backendInUse, hasCloudCredentials } = await import("../engine/login.ts");
  const { chooseStacks, projectsIn } = await import("../engine/stacks.ts");
  const [{ project } = { project: undefined }] = chooseStacks(projectsIn(), [stack]);
  const missing = [
    ...(hasCloudCredentials() ? [] : ["credentials of the AWS account"]),
    ...(project !== undefined && backendInUse(project) !== undefined
      ? []
      : ["a backend for its own state (pulumi login, or PULUMI_BACKEND_URL)"]),
  ];
  if (missing.length === 0) return deployNamed("up", stack, options);
  await preview([stack], { ...options, offline: true });
  say(`only a preview: to make it, it needs ${missing.join(" and ")}; docs/delivery.md, "Once an account"`);
}
