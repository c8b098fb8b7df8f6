import type { WorkloadSpec } from "../../workload/index.ts";
import type { TargetContext } from "../target.ts";

/** Docker Hub's entry in pull credentials does not bear the name of its host. */
const dockerHub = { host: "docker.io", entry: "https://index.docker.io/v1/" } as const;

/** Hosts that get the registry user's password: the stack's registry, else only those of the release's own images. */
export function credentialHosts({
  registry,
  version,
  members,
}: Pick<TargetContext, "registry" | "version" | "members">): readonly string[] {
  if (registry !== undefined) return [hostOf(registry)];
  const images = members
    .filter((member): member is WorkloadSpec => member.kind === "workload")
    .map(({ image }) => image);
  const own = images.filter((image) => image.version === version).map(({ repository }) => hostOf(repository));
  return [...new Set(own)];
}

/** The content of a Secret of type `kubernetes.io/dockerconfigjson`. */
export function pullCredentials(hosts: readonly string[], username: string, password: string): string {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  const entries = hosts.map((host) => [host === dockerHub.host ? dockerHub.entry : host, { username, password, auth }]);
  return JSON.stringify({ auths: Object.fromEntries(entries) });
}

const hostOf = (repository: string): string => repository.split("/")[0] ?? repository;
