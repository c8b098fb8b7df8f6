import { posix } from "node:path";
import { maximumReplicas, portNamed, protocolsOf, type WorkloadSpec } from "../../workload/index.ts";
import { demandOf, roomOf } from "./capacity.ts";
import { startPeriod } from "./health.ts";
import type { EcsSection } from "./section.ts";

/** Folders that an image needs: a volume over one of them would hide what is in it. */
const systemFolders = [
  "/",
  "/bin",
  "/etc",
  "/lib",
  "/lib64",
  "/opt",
  "/root",
  "/sbin",
  "/usr",
  "/usr/bin",
  "/var",
  "/var/lib",
];

/** What ECS cannot keep of a workload; each one message. */
export const problems = (spec: WorkloadSpec, section: EcsSection): readonly string[] =>
  [
    ...healthProblems(spec),
    ...protocolProblems(spec),
    ...balancerProblems(spec),
    ...scalingProblems(spec),
    ...volumeProblems(spec),
    ...shareProblems(spec),
    ...sizeProblems(spec, section),
  ].map((problem) => `workload ${spec.name}: ${problem}`);

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
function healthProblems({ probes }: WorkloadSpec): string[] {
  const { interval, timeout } = probes.liveness;
  return [
    ...between("probes.liveness.interval", interval.seconds, 5, 300),
    ...between("probes.liveness.timeout", timeout.seconds, 2, 60),
    ...between("probes.startup (interval × failureThreshold)", startPeriod(probes), 0, 300),
  ];
}

const between = (field: string, value: number, from: number, to: number): string[] =>
  value >= from && value <= to ? [] : [`${field} is ${value} s; an ECS health check takes ${from} to ${to} s`];

/** Only on Kubernetes, where several instances of one workload gossip, is UDP opened between them. */
const protocolProblems = ({ ports }: WorkloadSpec): string[] =>
  ports
    .filter((port) => protocolsOf(port).includes("UDP"))
    .map(({ name }) => `port ${name} asks for UDP, which this target does not open; run one instance without it`);

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
function balancerProblems(spec: WorkloadSpec): string[] {
  if (!isPublic(spec)) return [];
  const { check, interval, timeout, failureThreshold } = spec.probes.readiness;
  if (check.kind !== "http") {
    return [`probes.readiness asks by ${check.kind}; the load balancer of a public port asks by http only`];
  }
  return [
    ...(portNamed(spec, check.port).exposure === "public"
      ? []
      : [
          `probes.readiness asks port "${check.port}", which is not public; the load balancer sends customers to the port that it asks`,
        ]),
    ...between("probes.readiness.interval", interval.seconds, 5, 300),
    ...between("probes.readiness.timeout", timeout.seconds, 2, 120),
    ...(failureThreshold >= 2
      ? []
      : [`probes.readiness.failureThreshold is ${failureThreshold}; a load balancer takes 2 to 10`]),
  ];
}

export const isPublic = ({ ports }: Pick<WorkloadSpec, "ports">): boolean =>
  ports.some(({ exposure }) => exposure === "public");

function scalingProblems(spec: WorkloadSpec): string[] {
  const { placement } = spec;
  if (placement.kind === "stateful" && placement.replicas > 1) {
    return [
      `placement.replicas is ${placement.replicas}; all instances would write to one volume of the monitoring host, so it must be 1`,
    ];
  }
  if (placement.kind !== "stateless") return [];
  const { scaling } = placement;
  const most = maximumReplicas(scaling);
  return [
    ...(spec.scrape !== undefined && most > mostAddresses
      ? [
          `placement.scaling goes to ${most}; Prometheus finds the instances by their name, which has at most ${mostAddresses} addresses here: say ${mostAddresses}, and give each more CPU and memory`,
        ]
      : []),
    ...(scaling.kind === "automatic" && scaling.target.metric === "requests" && !isPublic(spec)
      ? [
          "placement.scaling is by requests, which only the load balancer counts and only for a public port; scale by cpu",
        ]
      : []),
  ];
}

/** What Cloud Map answers for a name, of all that are healthy (API_DnsConfig, RoutingPolicy MULTIVALUE). */
const mostAddresses = 8;

function volumeProblems({ files, secretFiles, agent, volumes }: WorkloadSpec): string[] {
  const all = [...files, ...secretFiles, ...(agent?.files ?? [])];
  const folders = [...new Set(all.map(({ path }) => posix.dirname(path)))];
  return [
    ...folders
      .filter((folder) => systemFolders.includes(folder))
      .map(
        (folder) => `a file lies in ${folder}, which ECS would hide under a volume; put it into a folder of its own`,
      ),
    ...volumes
      .filter(({ name }) => /^(?:probe|files-\d+)$/.test(name))
      .map(({ name }) => `volume "${name}" has a name that a task's own volumes have; choose another`),
    ...folders
      .filter((folder) => volumes.some(({ path }) => path === folder))
      .map((folder) => `a file lies in ${folder}, which is a volume too; put it into a folder of its own`),
  ];
}

/** The smallest weight that the kernel takes (kernel.org "CFS scheduler", cpu.shares) is 2 of 1024. */
const smallestCpuRequest = 2;

const shareProblems = ({ resources }: WorkloadSpec): string[] =>
  resources.cpu.request < smallestCpuRequest
    ? [
        `resources.cpu.request is ${resources.cpu.request} thousandth of a core; the smallest share of ECS is ${smallestCpuRequest}`,
      ]
    : [];

function sizeProblems(spec: WorkloadSpec, { hosts, monitoringHost }: EcsSection): string[] {
  const type = spec.placement.kind === "stateful" ? monitoringHost.instanceType : hosts.instanceType;
  const room = roomOf(type);
  const demand = demandOf(spec);
  return [
    ...(demand.cpu <= room.cpu
      ? []
      : [
          `resources.cpu.request is ${spec.resources.cpu.request} thousandths of a core; a ${type} has ${(room.cpu / 1024) * 1000}`,
        ]),
    ...(demand.memoryMiB <= room.memoryMiB
      ? []
      : [
          `resources.memory.request is ${spec.resources.memory.request} MiB; a ${type} has ${room.memoryMiB} MiB for tasks`,
        ]),
  ];
}
