import { agentProcess, loggedInFile } from "../../vault/agent.ts";
import {
  agentCredentials,
  minutes,
  probe,
  probes,
  resources,
  rollout,
  type SecretAgent,
  scaling,
  seconds,
  type WorkloadSpec,
  workload,
} from "../../workload/index.ts";
import { agentName } from "./names.ts";

/** A workload whose files an agent writes. */
export type Served = WorkloadSpec & { readonly agent: SecretAgent };

export const isServed = (spec: WorkloadSpec): spec is Served => spec.agent !== undefined;

/**
 * The agent's container. It stays beside the workload, because a daemon runs nothing again before a container that it
 * restarts, and is healthy when it has logged in and every file is there.
 */
export function agentWorkload(spec: Served): WorkloadSpec {
  const { agent } = spec;
  const { entryPoint, command, variables } = agentProcess(agent, {
    fileAt: (path) => path,
    runs: "until-failure",
    owner: "root",
  });
  const check = {
    kind: "command",
    command: [
      "sh",
      "-c",
      [loggedInFile, ...agent.files.map(({ path }) => path)].map((path) => `test -s ${path}`).join(" && "),
    ],
  } as const;
  return workload({
    name: agentName(spec),
    part: spec.part,
    image: agent.image,
    command: entryPoint,
    args: command,
    variables,
    // What it logs in with has no name among the platform's secrets: the container is given it by where it is held.
    secretVariables: [],
    files: [],
    secretFiles: [],
    ports: [],
    probes: probes({
      liveness: probe({ check, interval: seconds(15), timeout: seconds(5), failureThreshold: 4 }),
      readiness: probe({ check, interval: seconds(2), timeout: seconds(1), failureThreshold: 3 }),
      startup: probe({ check, interval: seconds(2), timeout: seconds(1), failureThreshold: 30 }),
      tool: "wget",
    }),
    placement: {
      kind: "stateless",
      scaling: scaling({ kind: "fixed", replicas: 1, singleReason: "one writes the files that all instances share" }),
      rollout: rollout({
        strategy: "rolling",
        surge: 1,
        unavailable: 0,
        rollbackOnFailure: true,
        progressDeadline: minutes(2),
        revisionsKept: spec.placement.rollout.revisionsKept,
        stopGracePeriod: seconds(5),
      }),
    },
    resources: resources({ cpu: { request: 10, limit: 250 }, memory: { request: 64, limit: 256 } }),
    user: { kind: "root", reason: "writes files that only the workload's group may read, into folders of its image" },
    readOnlyRootFilesystem: true,
    volumes: [{ kind: "scratch", name: "tmp", path: "/tmp", sizeMiB: 16 }],
    logs: { level: spec.logs.level, format: "json" },
    connectsTo: [],
    startsAfter: [],
    internet: true,
  });
}

/** With these the agent's container begins; the values come from where they are held. */
export const agentVariables = ({ agent }: Served) => agentCredentials(agent);
