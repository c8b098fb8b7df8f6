import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Project } from "./project.ts";

/** Pulumi's own service, where an access token without a backend leads. */
const pulumiCloud = "https://api.pulumi.com";

/** The backend that the person is logged in to, looked up in the order in which the CLI does; undefined for none. */
export function backendInUse(project: Project, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (environment.PULUMI_BACKEND_URL) return environment.PULUMI_BACKEND_URL;
  const { backend } = parse(readFileSync(join(project.directory, "Pulumi.yaml"), "utf8"));
  if (typeof backend?.url === "string") return backend.url;
  return currentLogin(environment) ?? (environment.PULUMI_ACCESS_TOKEN ? pulumiCloud : undefined);
}

/** What `pulumi login` has written: `credentials.json`, key `current`. */
function currentLogin(environment: NodeJS.ProcessEnv): string | undefined {
  const home = environment.PULUMI_HOME || join(environment.HOME || homedir(), ".pulumi");
  const file = join(environment.PULUMI_CREDENTIALS_PATH || home, "credentials.json");
  if (!existsSync(file)) return undefined;
  try {
    const { current }: { current?: unknown } = JSON.parse(readFileSync(file, "utf8"));
    return typeof current === "string" && current !== "" ? current : undefined;
  } catch {
    return undefined;
  }
}

/** A backend that keeps secrets by itself (Pulumi Cloud or its self-hosted edition) needs no passphrase. */
export const isService = (backend: string): boolean => /^https?:/.test(backend);

/** Whether there are credentials of a cloud at all: their variables, or the files where the SDKs look. */
export function hasCloudCredentials(environment: NodeJS.ProcessEnv = process.env): boolean {
  const home = environment.HOME || homedir();
  const variables = [
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "KUBECONFIG",
  ];
  const files = [join(".aws", "credentials"), join(".aws", "config"), join(".kube", "config")];
  return variables.some((name) => Boolean(environment[name])) || files.some((file) => existsSync(join(home, file)));
}
