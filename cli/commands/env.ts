import { Command } from "commander";
import { UserError } from "../console/error.ts";

export function envCommand(): Command {
  return new Command("env")
    .description('print what plain pulumi needs in its environment for dev: eval "$(./platform env dev)"')
    .argument("<stack>", "dev, whose state this machine keeps")
    .action(async (stack: string) => {
      const { chooseStacks, projectsIn } = await import("../engine/stacks.ts");
      const { developersStack, developerEnvironment } = await import("../engine/live.ts");
      const { makeDeveloperHome } = await import("../engine/developer/home.ts");
      const { backendInUse } = await import("../engine/login.ts");
      const [chosen] = chooseStacks(projectsIn(), [stack]);
      if (chosen === undefined || stack !== developersStack) {
        throw new UserError(
          `${stack} needs nothing of ./platform: its state is where \`pulumi login\` leads, its passphrase is your team's (PULUMI_CONFIG_PASSPHRASE_FILE)`,
        );
      }
      const environment = developerEnvironment(await makeDeveloperHome(), backendInUse(chosen.project));
      for (const [name, value] of Object.entries(environment)) console.log(`export ${name}=${quoted(value)}`);
    });
}

const quoted = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`;
