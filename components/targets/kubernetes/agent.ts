import { accountTokenAudience, accountTokenPath, agentFolder, agentProcess } from "../../vault/agent.ts";
import { imageReference, type SecretAgent } from "../../workload/index.ts";
import { agentVolume, fileKey } from "./files.ts";

const written = "/vault-files";
const scratch = "vault-tmp";
const token = "vault-token";
const tokenFolder = accountTokenPath.slice(0, accountTokenPath.lastIndexOf("/"));

/**
 * Fetches the files that Vault holds before the workload starts, and ends: a pod that starts later has what Vault holds
 * then. It is the workload's own user, and shows the token of the pod's account, made for Vault alone.
 */
export function agentContainer(agent: SecretAgent) {
  const { entryPoint, command, variables } = agentProcess(agent, {
    fileAt: (path) => `${written}/${fileKey(path)}`,
    once: true,
  });
  return {
    name: "vault",
    image: imageReference(agent.image),
    imagePullPolicy: "IfNotPresent",
    command: entryPoint,
    // Kubernetes expands `$(NAME)` and shortens `$$`; the script has neither.
    args: command,
    env: Object.entries(variables).map(([name, value]) => ({ name, value: value.replace(/\$(?=[$(])/g, "$$$$") })),
    resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "250m", memory: "256Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: agentVolume, mountPath: written },
      { name: scratch, mountPath: agentFolder },
      { name: token, mountPath: tokenFolder, readOnly: true },
    ],
  };
}

export const agentVolumes = [
  { name: agentVolume, emptyDir: { medium: "Memory", sizeLimit: "4Mi" } },
  { name: scratch, emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
  {
    name: token,
    projected: {
      defaultMode: 0o440,
      sources: [{ serviceAccountToken: { path: "token", audience: accountTokenAudience, expirationSeconds: 600 } }],
    },
  },
];
