import { type Complaint, violationAt, whenKnown } from "./ask.ts";
import { type Container, containerRule, labelled, setting } from "./containers.ts";
import type { Finding, Policy } from "./policy.ts";
import { REQUIRE_NON_ROOT_EXAMPLES } from "./require-non-root.examples.ts";
import { at, flag, isAbsent, type Node, number, text } from "./values.ts";

const PAGES = {
  kubernetes: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  ecs: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
  docker: "https://docs.docker.com/reference/dockerfile/#user",
  swarm: "https://docs.docker.com/reference/dockerfile/#user",
} as const;

const KUBERNETES_REPAIR = "securityContext: { runAsNonRoot: true, runAsUser: 10001 }";
const USER_REPAIR = 'user: "10001:10001"';

function judge(container: Container): readonly Finding[] {
  const { nodes, isRoot } = container.provider === "kubernetes" ? ofPod(container) : ofUser(container);
  const [stated] = nodes;
  if (stated === undefined) return [];
  return whenKnown(nodes, () => {
    const how = isRoot();
    if (how === undefined) return [];
    const reason = labelled(container, "root-reason");
    const problem = `container "${container.name}" ${how}`;
    if (reason !== undefined) return [{ kind: "accepted", property: stated.path, problem, reason }];
    const complaint: Complaint = {
      problem: `${problem}: who breaks out of the process is root on the way out`,
      repair: container.provider === "kubernetes" ? KUBERNETES_REPAIR : USER_REPAIR,
      url: PAGES[container.provider],
    };
    return [violationAt(stated, complaint)];
  });
}

interface User {
  readonly nodes: readonly Node[];
  /** How it is root, in words; undefined where it is not. */
  readonly isRoot: () => string | undefined;
}

/** The container's own security context wins over the pod's, setting by setting. */
function ofPod({ node, shared }: Container): User {
  const effective = (key: string): Node => {
    const own = at(node, "securityContext", key);
    return isAbsent(own) ? at(shared, "securityContext", key) : own;
  };
  const [nonRoot, user] = [effective("runAsNonRoot"), effective("runAsUser")];
  return {
    nodes: [nonRoot, user],
    isRoot: () => {
      if (number(user) === 0) return "runs as root (runAsUser 0)";
      return flag(nonRoot) === true || (number(user) ?? 0) > 0
        ? undefined
        : "runs as whatever its image says, root if that says nothing";
    },
  };
}

/** `name`, `uid` or either with a group behind a colon. */
function ofUser(container: Container): User {
  const user = setting(container, { kubernetes: [], ecs: ["user"], docker: ["user"], swarm: ["user"] });
  return {
    nodes: [user],
    isRoot: () => {
      const name = (text(user) ?? "").split(":")[0] ?? "";
      if (name === "") return "runs as whatever its image says, root if that says nothing";
      return name === "root" || /^0+$/.test(name) ? "runs as root" : undefined;
    },
  };
}

/** No process is root without a reason that the program states. */
export const requireNonRoot: Policy = {
  name: "require-non-root",
  displayName: "Containers do not run as root",
  severity: "medium",
  concern: "hygiene",
  description:
    "Every container runs as a user that is not root, or states under a label that ends in `root-reason` why it cannot.",
  why: "A process that is root inside its container is root to the kernel. A hole in the runtime, a mounted socket or a writable host path then gives away the host.",
  remedies: [
    { step: "Kubernetes: for the pod or the container.", code: KUBERNETES_REPAIR },
    { step: "ECS and Docker: by number, so that it does not hang on the image's list of users.", code: USER_REPAIR },
    {
      step: "Where it has to be root, say why; the reason is printed at each preview.",
      code: 'annotations: { "example.com/root-reason": "reads the logs of every container on the host" }',
    },
  ],
  url: PAGES.kubernetes,
  counterparts: [
    { tool: "kube-linter", rules: ["run-as-non-root"] },
    { tool: "kube-score", rules: ["container-security-context-user-group-id"] },
    { tool: "Polaris", rules: ["runAsRootAllowed"] },
    { tool: "checkov", rules: ["CKV_K8S_23", "CKV_K8S_40"] },
    { tool: "Security Hub", rules: ["ECS.20"] },
  ],
  parameters: [],
  resourceRules: [
    containerRule(
      "Kubernetes: `runAsNonRoot: true` or a `runAsUser` above 0, by the container or its pod; ECS and Docker: a `user` that is not root",
      judge,
      "containers with a label or annotation that ends in `root-reason`: accepted and printed; those that are never started (`start: false`)",
    ),
  ],
  stackRules: [],
  examples: REQUIRE_NON_ROOT_EXAMPLES,
};
