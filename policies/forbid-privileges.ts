import { violationAt, whenKnown } from "./ask.ts";
import { type Container, containerRule, labelled, type Provider, setting } from "./containers.ts";
import { FORBID_PRIVILEGES_EXAMPLES } from "./forbid-privileges.examples.ts";
import type { Finding, Policy } from "./policy.ts";
import { at, entries, flag, isAbsent, isUnknown, type Node, text } from "./values.ts";

const PAGE = "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted";

/** A question, the values that answer it, and what is said where the answer is no. */
interface Question {
  readonly nodes: readonly Node[];
  readonly isFine: () => boolean;
  readonly problem: string;
  readonly repair: string;
}

/**
 * Questions by the label whose reason excuses the answer. Privileged is all of the others at once and more, so a reason
 * to be root, to read the host's processes or to ask the runtime is none for it.
 */
const QUESTIONS: Readonly<Record<string, (container: Container) => readonly Question[]>> = {
  "privileged-reason": privileged,
  "root-reason": (container) => [
    ...escalation(container),
    ...capabilities(container),
    ...hostNamespaces(container),
    ...runtimeSockets(container),
  ],
};

const judge = (container: Container): readonly Finding[] =>
  Object.entries(QUESTIONS).flatMap(([label, questions]) => {
    const findings = questions(container).flatMap((question) => answer(container, question));
    const reason = labelled(container, label);
    return reason === undefined ? findings : accepted(findings, reason);
  });

const answer = (container: Container, { nodes, isFine, problem, repair }: Question): readonly Finding[] =>
  whenKnown(nodes, () => {
    const [stated] = nodes;
    if (stated === undefined || isFine()) return [];
    return [violationAt(stated, { problem: `container "${container.name}" ${problem}`, repair, url: PAGE })];
  });

/** The program's reason covers all that one container has; it is said once. */
function accepted(findings: readonly Finding[], reason: string): readonly Finding[] {
  const violations = findings.filter((finding) => finding.kind === "violation");
  const [first] = violations;
  const rest = findings.filter(({ kind }) => kind !== "violation");
  if (first === undefined) return rest;
  const problem = violations.map(({ problem }) => problem).join("; ");
  return [...rest, { kind: "accepted", property: first.property, problem, reason }];
}

function privileged(container: Container): readonly Question[] {
  if (container.provider === "swarm") return [];
  const node = setting(container, {
    kubernetes: ["securityContext", "privileged"],
    ecs: ["privileged"],
    docker: ["privileged"],
    swarm: [],
  });
  return [
    {
      nodes: [node],
      isFine: () => flag(node) !== true,
      problem: "is privileged: it can do what the host can",
      repair: "privileged: false",
    },
  ];
}

/** Fargate has no such option. Docker takes the word with and without a value. */
function escalation(container: Container): readonly Question[] {
  if (container.provider === "kubernetes") {
    const node = at(container.node, "securityContext", "allowPrivilegeEscalation");
    return [
      {
        nodes: [node],
        isFine: () => flag(node) === false,
        problem: "may gain privileges that it was not started with (allowPrivilegeEscalation is not false)",
        repair: "securityContext: { allowPrivilegeEscalation: false }",
      },
    ];
  }
  if (container.provider === "swarm" || isFargate(container)) return [];
  const list = setting(container, {
    kubernetes: [],
    ecs: ["dockerSecurityOptions"],
    docker: ["securityOpts"],
    swarm: [],
  });
  return [
    {
      nodes: [list, ...entries(list).filter(isUnknown)],
      isFine: () => entries(list).some((option) => /^no-new-privileges([:=]true)?$/.test(text(option) ?? "")),
      problem: "may gain privileges that it was not started with (no-new-privileges is not set)",
      repair:
        container.provider === "ecs"
          ? 'dockerSecurityOptions: ["no-new-privileges"]'
          : 'securityOpts: ["no-new-privileges:true"]',
    },
  ];
}

const isFargate = ({ provider, shared }: Container): boolean =>
  provider === "ecs" && entries(at(shared, "requiresCompatibilities")).some((entry) => text(entry) === "FARGATE");

const CAPABILITIES: Readonly<
  Record<Exclude<Provider, "swarm">, { readonly path: readonly string[]; readonly keys: readonly [string, string] }>
> = {
  kubernetes: { path: ["securityContext", "capabilities"], keys: ["drop", "add"] },
  ecs: { path: ["linuxParameters", "capabilities"], keys: ["drop", "add"] },
  docker: { path: ["capabilities"], keys: ["drops", "adds"] },
};

/** Binding a port below 1024 is the one capability that the restricted standard lets be added. */
const HARMLESS = "NET_BIND_SERVICE";

function capabilities(container: Container): readonly Question[] {
  if (container.provider === "swarm") return [];
  const { path, keys } = CAPABILITIES[container.provider];
  const [drop, add] = keys.map((key) => at(container.node, ...path, key));
  if (drop === undefined || add === undefined) return [];
  const names = (list: Node): readonly string[] =>
    entries(list).map((entry) => (text(entry) ?? "").toUpperCase().replace(/^CAP_/, ""));
  const added = names(add).filter((name) => name !== HARMLESS);
  return [
    {
      nodes: [drop, ...entries(drop).filter(isUnknown)],
      isFine: () => names(drop).includes("ALL"),
      problem: "keeps capabilities that it does not name (ALL is not dropped)",
      repair: `${path.at(-1)}: { ${keys[0]}: ["ALL"] }`,
    },
    {
      nodes: [add, ...entries(add).filter(isUnknown)],
      isFine: () => added.length === 0,
      problem: `is given the capabilities ${added.join(", ")}`,
      repair: `${path.at(-1)}: { ${keys[1]}: [] }`,
    },
  ];
}

const NAMESPACES: Readonly<Record<Provider, readonly string[]>> = {
  kubernetes: ["hostNetwork", "hostPID", "hostIPC"],
  ecs: ["networkMode", "pidMode", "ipcMode"],
  docker: ["networkMode", "pidMode", "ipcMode"],
  swarm: [],
};

/** Of the pod or the task, so it is said of the containers that stay. */
const hostNamespaces = ({ provider, shared, isInitial }: Container): readonly Question[] =>
  (isInitial ? [] : NAMESPACES[provider]).map((key) => {
    const node = at(shared, key);
    return {
      nodes: [node],
      isFine: () => flag(node) !== true && text(node) !== "host",
      problem: `shares the host's own ${key.replace(/^host|Mode$/g, "").toLowerCase()} namespace`,
      repair: provider === "kubernetes" ? `${key}: false` : `${key}: undefined`,
    };
  });

const SOCKET = /\/(docker|containerd|crio|cri-dockerd|podman)(\/\w+)?\.sock$/;

/** Who can write to the runtime's socket starts what it wants, also as root; reading alone does not help, it is a socket. */
function runtimeSockets(container: Container): readonly Question[] {
  const lists =
    container.provider === "docker"
      ? ["volumes", "mounts"].map((key) => at(container.node, key))
      : container.provider === "swarm"
        ? [at(container.node, "mounts")]
        : [at(container.shared, "volumes")];
  return lists.flatMap(entries).map((volume) => {
    const paths = [["hostPath"], ["hostPath", "path"], ["source"], ["host", "sourcePath"]].map((keys) =>
      at(volume, ...keys),
    );
    return {
      nodes: paths.filter((node) => isUnknown(node) || !isAbsent(node)),
      isFine: () => !paths.some((node) => SOCKET.test(text(node) ?? "")) || !mounts(container, volume),
      problem: "is given the container runtime's socket: that is root on the host",
      repair: "volumes: []",
    };
  });
}

/** A pod's and a task's volume belongs to the containers that mount it. */
function mounts({ provider, node }: Container, volume: Node): boolean {
  if (provider === "docker" || provider === "swarm") return true;
  const [key, name] = provider === "kubernetes" ? ["volumeMounts", "name"] : ["mountPoints", "sourceVolume"];
  return entries(at(node, key ?? "")).some((mount) => text(at(mount, name ?? "")) === text(at(volume, "name")));
}

/** No container has more rights than its work needs. */
export const forbidPrivileges: Policy = {
  name: "forbid-privileges",
  displayName: "Containers have no rights to spare",
  severity: "high",
  concern: "hygiene",
  description:
    "No container is privileged, gains privileges, keeps capabilities, shares the host's namespaces or holds the runtime's socket, unless a label says why: one that ends in `privileged-reason` for `privileged`, in `root-reason` for the rest.",
  why: "Each of these is a way out of the container. A hole in one program then is a hole in everything that runs on the host.",
  remedies: [
    {
      step: "Kubernetes",
      code: 'securityContext: { privileged: false, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } }',
    },
    {
      step: "ECS (on Fargate without dockerSecurityOptions)",
      code: 'dockerSecurityOptions: ["no-new-privileges"], linuxParameters: { capabilities: { drop: ["ALL"] } }',
    },
    { step: "Docker", code: 'capabilities: { drops: ["ALL"] }, securityOpts: ["no-new-privileges:true"]' },
  ],
  url: PAGE,
  counterparts: [
    {
      tool: "kube-linter",
      rules: [
        "privileged-container",
        "privilege-escalation-container",
        "host-network",
        "host-pid",
        "host-ipc",
        "docker-sock",
        "drop-net-raw-capability",
      ],
    },
    { tool: "kube-score", rules: ["container-security-context-privileged"] },
    {
      tool: "Polaris",
      rules: [
        "runAsPrivileged",
        "privilegeEscalationAllowed",
        "dangerousCapabilities",
        "insecureCapabilities",
        "hostNetworkSet",
        "hostPIDSet",
        "hostIPCSet",
      ],
    },
    {
      tool: "checkov",
      rules: [
        "CKV_K8S_16",
        "CKV_K8S_17",
        "CKV_K8S_18",
        "CKV_K8S_19",
        "CKV_K8S_20",
        "CKV_K8S_25",
        "CKV_K8S_27",
        "CKV_K8S_28",
        "CKV_K8S_37",
        "CKV_AWS_335",
      ],
    },
    { tool: "Security Hub", rules: ["ECS.3", "ECS.4", "ECS.17"] },
  ],
  parameters: [],
  resourceRules: [
    containerRule(
      "not `privileged`; no privilege escalation; capabilities: ALL dropped, none added but NET_BIND_SERVICE; no host network, PID or IPC namespace; no socket of the container runtime",
      judge,
      "what a label or annotation gives a reason for, accepted and printed: one that ends in `privileged-reason` for `privileged`, in `root-reason` for the rest; containers that are never started (`start: false`)",
    ),
  ],
  stackRules: [],
  examples: FORBID_PRIVILEGES_EXAMPLES,
};
