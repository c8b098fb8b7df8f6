import {
  type AgentPlace,
  accountTokenAudience,
  accountTokenPath,
  agentFolder,
  agentProcess,
} from "../../vault/agent.ts";
import { imageReference, probe, probes, type SecretAgent, seconds } from "../../workload/index.ts";
import { agentVolume } from "./files.ts";
import { containerProbes } from "./probes.ts";

const written = "/vault-files";
const scratch = "vault-tmp";
const token = "vault-token";
const tokenFolder = accountTokenPath.slice(0, accountTokenPath.lastIndexOf("/"));

export const agentPlace: AgentPlace = {
  fileAt: (path) => `${written}${path}`,
  runs: "on",
  owner: "workload",
};

/**
 * Writes the files that Vault holds before the workload's container starts, and whenever Vault holds another value, for as
 * long as the pod lives: a native sidecar, which Kubernetes starts first and ends last. It is the workload's own user, and
 * shows the token of the pod's account, made for Vault alone.
 *
 * A pod is ready when all that run in it are. So the agent is when the files are there, whatever becomes of Vault later, and
 * nothing that goes wrong ends it: else a Vault that is away would take every pod out of service.
 */
export function agentContainer(agent: SecretAgent) {
  const { entryPoint, command, variables } = agentProcess(agent, agentPlace);
  return {
    name: "vault",
    restartPolicy: "Always",
    image: imageReference(agent.image),
    imagePullPolicy: "IfNotPresent",
    command: entryPoint,
    // Kubernetes expands `$(NAME)` and shortens `$$`; the script has neither.
    args: command,
    env: Object.entries(variables).map(([name, value]) => ({ name, value: value.replace(/\$(?=[$(])/g, "$$$$") })),
    ...containerProbes(agentProbes(agent)),
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

/** The files are in the pod's memory: there, they are of this pod's agent, or of the one before it in the same pod. */
function agentProbes({ files }: SecretAgent) {
  const check = {
    kind: "command",
    command: ["sh", "-c", files.map(({ path }) => `test -f ${agentPlace.fileAt(path)}`).join(" && ")],
  } as const;
  return probes({
    liveness: probe({ check, interval: seconds(15), timeout: seconds(5), failureThreshold: 3 }),
    readiness: probe({ check, interval: seconds(10), timeout: seconds(5), failureThreshold: 2 }),
    startup: probe({ check, interval: seconds(2), timeout: seconds(1), failureThreshold: 30 }),
    tool: "wget",
  });
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
