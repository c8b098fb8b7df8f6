import { join } from "node:path";
import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { withExamples } from "../console/examples.ts";
import { table } from "../console/table.ts";
import type { Finding, Machine } from "../doctor/findings.ts";

export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("say what is installed, what is missing for which command, and how to get it")
    .option("--json", "for machines")
    .action(({ json }: { json?: boolean }) => doctor(json ?? false));
  return withExamples(command, [["doctor", "what is installed, what is missing for which command"]]);
}

async function doctor(json: boolean): Promise<void> {
  const { examine } = await import("../doctor/findings.ts");
  const findings = examine(await thisMachine());
  if (json) console.log(JSON.stringify(findings, null, 2));
  else console.log(report(findings));
  const missing = findings.filter(({ found, required }) => found === undefined && required);
  if (missing.length > 0) {
    throw new UserError(`preview and test cannot work yet: ${missing.map(({ tool }) => tool).join(", ")} is missing`);
  }
}

function report(findings: readonly Finding[]): string {
  const rows = findings.map(({ tool, found, neededFor }) => [tool, found ?? "missing", neededFor]);
  const missing = findings.filter(({ found }) => found === undefined);
  const ways = missing.map(({ tool, wayOut }) => `  ${tool}: ${wayOut}`);
  return [
    table([["tool", "found", "needed for"], ...rows]),
    ...(ways.length > 0 ? ["", "How to get what is missing:", ...ways] : []),
  ].join("\n");
}

async function thisMachine(): Promise<Machine> {
  const { answerOf, findProgram } = await import("../setup/program.ts");
  const { cacheFolder } = await import("../setup/cache.ts");
  const { pulumi } = await import("../setup/pulumi.ts");
  const { isAtLeast } = await import("../setup/tool.ts");
  const { hasCloudCredentials } = await import("../engine/login.ts");
  const { chooseProvider } = await import("../engine/target-provider.ts");
  const programOnPath = findProgram("pulumi");
  const onPath = programOnPath === undefined ? undefined : (pulumi.versionOf(programOnPath) ?? "unknown");
  return {
    ask: answerOf,
    engine: {
      onPath,
      cached: pulumi.versionOf(join(cacheFolder(), `pulumi-${pulumi.version}`, "pulumi")),
      wanted: pulumi.version,
      servesOnPath: onPath !== undefined && isAtLeast(onPath, pulumi.version),
    },
    nodeVersion: process.version.slice(1),
    hasCloudCredentials: hasCloudCredentials(),
    providers: { docker: await chooseProvider("docker"), kubernetes: await chooseProvider("kubernetes") },
  };
}
