import { type Complaint, violationAt, whenKnown } from "./ask.ts";
import { type Container, containerRule } from "./containers.ts";
import type { Finding, Policy } from "./policy.ts";
import { quantity } from "./quantity.ts";
import { REQUIRE_RESOURCES_EXAMPLES } from "./require-resources.examples.ts";
import { at, isAbsent, type Node } from "./values.ts";

const PAGE = "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/";
const ECS_PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html";
const DOCKER_PAGE = "https://docs.docker.com/engine/containers/resource_constraints/";

const KUBERNETES_REPAIR =
  'resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "1", memory: "512Mi" } }';
const ECS_REPAIR = "memory: 512, memoryReservation: 256, cpu: 256";
const DOCKER_REPAIR = "memory: 512, memoryReservation: 256";

/** Docker refuses less; what is smaller is a unit mistaken, as `512m`, which is half a byte. */
const LEAST_MEMORY_BYTES = 6 * 2 ** 20;

function judge(container: Container): readonly Finding[] {
  if (container.isInitial) return [];
  if (container.provider === "kubernetes") return ofPod(container);
  return container.provider === "ecs" ? ofTask(container) : ofDocker(container);
}

function ofPod({ name, node }: Container): readonly Finding[] {
  const requests = at(node, "resources", "requests");
  const limits = at(node, "resources", "limits");
  const complain = (problem: string): Complaint => ({
    problem: `container "${name}" ${problem}`,
    repair: KUBERNETES_REPAIR,
    url: PAGE,
  });
  const [memory, memoryLimit] = [at(requests, "memory"), at(limits, "memory")];
  const [cpu, cpuLimit] = [at(requests, "cpu"), at(limits, "cpu")];
  return [
    // A limit without a request is the request too.
    ...whenKnown([cpu, cpuLimit], () =>
      isAbsent(cpu) && isAbsent(cpuLimit)
        ? [violationAt(cpu, complain("requests no CPU: it gets what is left over"))]
        : [],
    ),
    ...whenKnown([memoryLimit], () =>
      isAbsent(memoryLimit)
        ? [violationAt(memoryLimit, complain("has no memory limit: a leak in it takes its neighbours down"))]
        : [],
    ),
    ...[memory, memoryLimit].flatMap((stated) =>
      whenKnown([stated], () =>
        isAbsent(stated) || (quantity(stated) ?? 0) >= LEAST_MEMORY_BYTES
          ? []
          : [violationAt(stated, complain(`has ${String(stated.value)} of memory, less than any process needs`))],
      ),
    ),
    ...exceeds(memory, memoryLimit, complain("requests more memory than its limit"), quantity),
    ...exceeds(cpu, cpuLimit, complain("requests more CPU than its limit"), quantity),
  ];
}

function exceeds(
  request: Node,
  limit: Node,
  complaint: Complaint,
  read: (node: Node) => number | undefined,
): readonly Finding[] {
  return whenKnown([request, limit], () => {
    const [asked, most] = [read(request), read(limit)];
    return asked === undefined || most === undefined || asked <= most ? [] : [violationAt(request, complaint)];
  });
}

/** A container's share in MiB; Fargate also takes the task's, for all of its containers together. */
function ofTask({ name, node, shared }: Container): readonly Finding[] {
  const [memory, reservation, task] = [at(node, "memory"), at(node, "memoryReservation"), at(shared, "memory")];
  const complain = (problem: string): Complaint => ({
    problem: `container "${name}" ${problem}`,
    repair: ECS_REPAIR,
    url: ECS_PAGE,
  });
  return [
    ...whenKnown([memory, task], () =>
      isAbsent(memory) && isAbsent(task)
        ? [violationAt(memory, complain("has no memory limit: a leak in it takes its neighbours down"))]
        : [],
    ),
    ...exceeds(reservation, memory, complain("reserves more memory than its limit"), quantity),
    ...exceeds(memory, task, complain("has more memory than its task"), quantity),
  ];
}

function ofDocker({ name, provider, node, shared }: Container): readonly Finding[] {
  const [memory, reservation] =
    provider === "docker"
      ? [at(node, "memory"), at(node, "memoryReservation")]
      : [
          at(shared, "taskSpec", "resources", "limits", "memoryBytes"),
          at(shared, "taskSpec", "resources", "reservation", "memoryBytes"),
        ];
  const complain = (problem: string): Complaint => ({
    problem: `container "${name}" ${problem}`,
    repair: provider === "docker" ? DOCKER_REPAIR : "resources: { limits: { memoryBytes: 536870912 } }",
    url: DOCKER_PAGE,
  });
  return [
    ...whenKnown([memory], () =>
      (quantity(memory) ?? 0) > 0
        ? []
        : [violationAt(memory, complain("has no memory limit: a leak in it takes its neighbours down"))],
    ),
    ...exceeds(reservation, memory, complain("reserves more memory than its limit"), quantity),
  ];
}

/** Every container says what it needs and what it may take at most, and the two fit. */
export const requireResources: Policy = {
  name: "require-resources",
  displayName: "Containers state what they need and may take",
  severity: "medium",
  concern: "hygiene",
  description: "Every container has a memory limit and, on Kubernetes, a CPU request; no request is above its limit.",
  why: "Without a request the scheduler puts too much on a host. Without a memory limit a leak in one container is answered by the kernel killing another.",
  remedies: [
    { step: "Kubernetes", code: KUBERNETES_REPAIR },
    { step: "ECS, in MiB and 1024ths of a CPU", code: ECS_REPAIR },
    { step: "Docker, in MB", code: DOCKER_REPAIR },
  ],
  url: PAGE,
  counterparts: [
    { tool: "kube-linter", rules: ["unset-cpu-requirements", "unset-memory-requirements"] },
    { tool: "kube-score", rules: ["container-resources"] },
    {
      tool: "Polaris",
      rules: [
        "cpuRequestsMissing",
        "memoryLimitsMissing",
        "memoryRequestsMissing (a limit alone is a request too)",
        "cpuLimitsMissing (no: a CPU limit slows down what has room)",
      ],
    },
    { tool: "checkov", rules: ["CKV_K8S_10", "CKV_K8S_12", "CKV_K8S_13", "CKV_K8S_11 (no: as above)"] },
  ],
  parameters: [],
  resourceRules: [
    containerRule(
      "Kubernetes: a CPU request, a memory limit, both in units that make sense, requests not above limits; ECS: `memory`, by the container or its task, not below `memoryReservation`; Docker: `memory`, not below `memoryReservation`",
      judge,
      "init containers; those that are never started (`start: false`)",
    ),
  ],
  stackRules: [],
  examples: REQUIRE_RESOURCES_EXAMPLES,
};
