import type { DiffRules } from "../diff.ts";
import { loadTable } from "../schema/load.ts";

/**
 * Containers: every attribute is ForceNew except these (terraform-provider-docker, resource_docker_container.go; the
 * updatable ones are what `docker update` takes, and settings of the provider's own behaviour).
 */
const containerUpdatable = [
  "attach",
  "containerReadRefreshTimeoutMilliseconds",
  "cpuPeriod",
  "cpuQuota",
  "cpuSet",
  "cpuShares",
  "destroyGraceSeconds",
  "deviceReadBps",
  "deviceReadIops",
  "deviceWriteBps",
  "deviceWriteIops",
  "logs",
  "maxRetryCount",
  "memory",
  "memoryReservation",
  "memorySwap",
  "mustRun",
  "removeVolumes",
  "restart",
  "rm",
  "start",
  "wait",
  "waitTimeout",
];

/** Lists in Terraform's schema; all others are sets (the same file). */
const ordered = ["command", "entrypoints", "ports", "healthcheck.tests"];

const everything: DiffRules = { forcesNew: ["*"], sets: ["*"], ordered };

/** By resource_docker_*.go of terraform-provider-docker. */
const rules: Readonly<Record<string, DiffRules>> = {
  "docker:index/container:Container": { ...everything, updatable: containerUpdatable },
  "docker:index/network:Network": everything,
  "docker:index/volume:Volume": everything,
  "docker:index/secret:Secret": everything,
  "docker:index/serviceConfig:ServiceConfig": everything,
  "docker:index/tag:Tag": everything,
  "docker:index/registryImage:RegistryImage": {
    ...everything,
    updatable: ["keepRemotely", "insecureSkipVerify", "build", "authConfig"],
  },
  "docker:index/remoteImage:RemoteImage": { ...everything, updatable: ["keepLocally", "forceRemove", "build"] },
  "docker:index/service:Service": {
    forcesNew: ["name"],
    sets: ["*"],
    ordered: ["taskSpec.containerSpec.commands", "taskSpec.containerSpec.args"],
  },
};

export function dockerRules(type: string): DiffRules {
  const kept = Object.keys(loadTable("docker").resources[type]?.computed ?? {});
  return { ...(rules[type] ?? { forcesNew: [] }), kept };
}
