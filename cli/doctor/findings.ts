import type { DrivenTarget, TargetProvider } from "../engine/target-provider.ts";

/** What can be looked at: everything that the doctor asks of a machine, so that tests can stand in for one. */
export interface Machine {
  /** A program's answer on stdout, or undefined where it is missing or fails. */
  readonly ask: (program: string, ...words: readonly string[]) => string | undefined;
  /** The Pulumi engine that would be used, where one is there already. */
  readonly engine: Engine;
  readonly nodeVersion: string;
  readonly hasCloudCredentials: boolean;
  /** Who would make a target's resources, and why. */
  readonly providers: Readonly<Record<DrivenTarget, TargetProvider>>;
}

export interface Engine {
  readonly onPath: string | undefined;
  readonly cached: string | undefined;
  /** The oldest version that serves. */
  readonly wanted: string;
  readonly servesOnPath: boolean;
}

/** One thing that commands need. */
export interface Finding {
  readonly tool: string;
  /** Version or state; undefined where it is missing. */
  readonly found: string | undefined;
  readonly neededFor: string;
  /** How to get it; said where it is missing. */
  readonly wayOut: string;
  /** Whether preview and test cannot work without it. */
  readonly required: boolean;
}

/** What is there, and what is missing for which command. */
export function examine(machine: Machine): readonly Finding[] {
  const { ask } = machine;
  const go = ask("go", "version")?.replace(/^go version go(\S+).*$/, "$1");
  return [
    optional("node", machine.nodeVersion, "everything", "./platform fetches it by npm"),
    optional("npm", ask("npm", "--version"), "set-up after an update of this checkout", "install Node.js with npm"),
    engine(machine.engine, go !== undefined),
    optional("go", go, "building programs that cannot be downloaded", "install Go 1.25 or newer: https://go.dev/dl/"),
    docker(ask),
    provider("docker provider", machine.providers.docker, "up dev"),
    provider("kubernetes provider", machine.providers.kubernetes, "up of a stack on Kubernetes"),
    optional("git", ask("git", "--version")?.replace("git version ", ""), "preview --against", "install git"),
    optional(
      "kubectl",
      firstLine(ask("kubectl", "version", "--client"))?.replace("Client Version: ", ""),
      "looking into a Kubernetes stack",
      "https://kubernetes.io/docs/tasks/tools/",
    ),
    optional(
      "cloud credentials",
      machine.hasCloudCredentials ? "present" : undefined,
      "up, destroy, refresh and preview --live of a stack in the cloud",
      "AWS: `aws configure sso` or AWS_PROFILE; Kubernetes: KUBECONFIG",
    ),
  ];
}

const optional = (tool: string, found: string | undefined, neededFor: string, wayOut: string): Finding => ({
  tool,
  found: found || undefined,
  neededFor,
  wayOut,
  required: false,
});

/** Not missing as long as a way to get it is open: only `preview` and `test` themselves would fetch it. */
function engine({ onPath, cached, wanted, servesOnPath }: Engine, hasGo: boolean): Finding {
  const own = cached === undefined ? undefined : `${cached} (cache)`;
  const tooOld = onPath === undefined || servesOnPath ? "" : `; ${onPath} on PATH is too old`;
  const found = servesOnPath ? `${onPath} (PATH)` : own;
  return {
    tool: "pulumi",
    found: found === undefined ? undefined : `${found}${tooOld}`,
    neededFor: "preview, up, destroy, refresh, test, bench",
    wayOut: `the first such command ${hasGo ? "downloads or builds" : "downloads"} it${tooOld}; or install Pulumi ${wanted} or newer: https://www.pulumi.com/docs/install/`,
    required: !hasGo,
  };
}

function docker(ask: Machine["ask"]): Finding {
  const client = ask("docker", "version", "--format", "{{.Client.Version}}") ?? ask("docker", "--version");
  const server = ask("docker", "version", "--format", "{{.Server.Version}}");
  const wayOut =
    client === undefined
      ? "install Docker: https://docs.docker.com/engine/install/"
      : "the docker command is there, its daemon does not answer: start it, or see DOCKER_HOST";
  return optional("docker", server, "up dev, parts of test --full", wayOut);
}

/** Never missing: what cannot be had is replaced. */
function provider(tool: string, { kind, reason }: TargetProvider, neededFor: string): Finding {
  const names = { plugin: "official plugin", driver: "our own driver", attached: "attached" };
  return optional(tool, `${names[kind]}: ${reason}`, neededFor, "");
}

const firstLine = (text: string | undefined): string | undefined => text?.split("\n")[0];
