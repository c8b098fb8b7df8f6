import { deployment, dockerContainer, taskDefinition } from "./example-resources.ts";
import type { Example } from "./policy.ts";

const RESTRICTED = { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } };
const SAFE_TASK = {
  dockerSecurityOptions: ["no-new-privileges"],
  linuxParameters: { capabilities: { drop: ["ALL"] } },
};
const SAFE_DOCKER = { capabilities: { drops: ["ALL"] }, securityOpts: ["no-new-privileges:true"] };

export const FORBID_PRIVILEGES_EXAMPLES: readonly Example[] = [
  {
    title: "Kubernetes: privileged, on the host's network",
    bad: [deployment({ securityContext: { ...RESTRICTED.securityContext, privileged: true } }, { hostNetwork: true })],
    good: [deployment(RESTRICTED)],
  },
  {
    title: "ECS: capabilities that nobody named",
    bad: [taskDefinition({ dockerSecurityOptions: ["no-new-privileges"] })],
    good: [taskDefinition(SAFE_TASK)],
  },
  {
    title: "Docker: the daemon's socket",
    bad: [
      dockerContainer({
        ...SAFE_DOCKER,
        volumes: [{ hostPath: "/var/run/docker.sock", containerPath: "/var/run/docker.sock" }],
      }),
    ],
    good: [dockerContainer(SAFE_DOCKER)],
  },
];
