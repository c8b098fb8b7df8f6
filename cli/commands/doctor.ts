import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { table } from "../console/table.ts";
import { cacheFolder } from "../setup/cache.ts";
import { engineVersion } from "../setup/pulumi.ts";

interface Finding {
  readonly tool: string;
  /** Version, or undefined where it is missing. */
  readonly found: string | undefined;
  readonly neededFor: string;
  readonly wayOut: string;
}

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("say what is installed, and what is missing for which command")
    .option("--json", "for machines")
    .action(({ json }: { json?: boolean }) => {
      const findings = examine();
      if (json) console.log(JSON.stringify(findings, null, 2));
      else console.log(table([["tool", "found", "needed for", "if missing"], ...findings.map(rowOf)]));
    });
}

const rowOf = ({ tool, found, neededFor, wayOut }: Finding): readonly string[] => [
  tool,
  found ?? "missing",
  neededFor,
  found === undefined ? wayOut : "",
];

function examine(): readonly Finding[] {
  const cachedEngine = join(cacheFolder(), `pulumi-${engineVersion}`, "pulumi");
  return [
    { tool: "node", found: process.version, neededFor: "everything", wayOut: "./platform fetches it by npm" },
    { tool: "npm", found: firstLine("npm", "--version"), neededFor: "set-up", wayOut: "install npm" },
    {
      tool: "pulumi",
      found: firstLine("pulumi", "version") ?? firstLine(cachedEngine, "version"),
      neededFor: "preview, up, test",
      wayOut: "./platform downloads it, or builds it with Go",
    },
    {
      tool: "go",
      found: firstLine("go", "version"),
      neededFor: "building pulumi where no download is",
      wayOut: "install Go 1.25",
    },
    {
      tool: "docker",
      found: firstLine("docker", "version", "--format", "{{.Server.Version}}"),
      neededFor: "up dev",
      wayOut: "install Docker and start its daemon (a client alone is not enough)",
    },
    {
      tool: "kubectl",
      found: firstLine("kubectl", "version", "--client"),
      neededFor: "looking into a Kubernetes stack",
      wayOut: "kubernetes.io/docs/tasks/tools",
    },
    {
      tool: "AWS credentials",
      found: hasAwsCredentials() ? "present" : undefined,
      neededFor: "up staging, up prod",
      wayOut: "aws configure sso, or the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    },
  ];
}

/** Says only whether there are any; none is read. */
function hasAwsCredentials(): boolean {
  const { AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_WEB_IDENTITY_TOKEN_FILE } = process.env;
  const stated = AWS_ACCESS_KEY_ID ?? AWS_PROFILE ?? AWS_WEB_IDENTITY_TOKEN_FILE;
  return stated !== undefined || existsSync(join(homedir(), ".aws", "credentials"));
}

function firstLine(command: string, ...words: string[]): string | undefined {
  const { status, stdout } = spawnSync(command, words, { encoding: "utf8", timeout: 10_000 });
  return status === 0 ? stdout.split("\n")[0] : undefined;
}
