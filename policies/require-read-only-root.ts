import { ask } from "./ask.ts";
import { type Container, containerRule, type Provider, setting } from "./containers.ts";
import type { Finding, Policy } from "./policy.ts";
import { REQUIRE_READ_ONLY_ROOT_EXAMPLES } from "./require-read-only-root.examples.ts";
import { flag } from "./values.ts";

const PLACES: Readonly<Record<Provider, readonly string[]>> = {
  kubernetes: ["securityContext", "readOnlyRootFilesystem"],
  ecs: ["readonlyRootFilesystem"],
  docker: ["readOnly"],
  swarm: ["readOnly"],
};

const REPAIRS: Readonly<Record<Provider, string>> = {
  kubernetes: "securityContext: { readOnlyRootFilesystem: true }",
  ecs: "readonlyRootFilesystem: true",
  docker: "readOnly: true",
  swarm: "readOnly: true",
};

const PAGE = "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/";

const judge = (container: Container): readonly Finding[] =>
  ask(setting(container, PLACES), (readOnly) => flag(readOnly) === true, {
    problem: `container "${container.name}" may write to its root file system: what gets in can change the program, and what is written is lost with the container`,
    repair: REPAIRS[container.provider],
    url: PAGE,
  });

/** What a container may write is a volume, stated. */
export const requireReadOnlyRoot: Policy = {
  name: "require-read-only-root",
  displayName: "Root file systems are read-only",
  severity: "medium",
  concern: "hygiene",
  description: "Every container's root file system is read-only; what it has to write is a volume.",
  why: "What breaks into a container that can write to its own file system can replace the program and stay. And data that a program writes beside its volumes is gone with the next release.",
  remedies: [
    { step: "Kubernetes", code: REPAIRS.kubernetes },
    { step: "ECS", code: REPAIRS.ecs },
    { step: "Docker", code: `${REPAIRS.docker}, tmpfs: { "/tmp": "rw,noexec,nosuid,size=64m" }` },
  ],
  url: PAGE,
  counterparts: [
    { tool: "kube-linter", rules: ["no-read-only-root-fs"] },
    { tool: "kube-score", rules: ["container-security-context-readonlyrootfilesystem"] },
    { tool: "Polaris", rules: ["notReadOnlyRootFilesystem"] },
    { tool: "checkov", rules: ["CKV_K8S_22", "CKV_AWS_336"] },
    { tool: "Security Hub", rules: ["ECS.5"] },
  ],
  parameters: [],
  resourceRules: [
    containerRule(
      "`readOnlyRootFilesystem`, `readonlyRootFilesystem` or `readOnly`, as the provider has it, that is true",
      judge,
    ),
  ],
  stackRules: [],
  examples: REQUIRE_READ_ONLY_ROOT_EXAMPLES,
};
