import { agentFolder, agentProcess } from "../../vault/agent.ts";
import {
  agentCredentials,
  type Image,
  image,
  imageReference,
  isPersistent,
  rootReasonLabel,
  type SecretAgent,
  type SecretName,
  type SecretSource,
  type WorkloadSpec,
} from "../../workload/index.ts";
import type { ContainerDefinition, MountPoint } from "./container-definition.ts";
import {
  fileVolumes,
  needsPreparation,
  placeOf,
  preparationPath,
  preparationScript,
  preparationSecrets,
} from "./files.ts";
import { healthCheck, needsProbeBinary, probeFolder } from "./health.ts";
import type { Names } from "./names.ts";
import { cpuUnits, preparationMemory } from "./task-size.ts";

/** What a task definition holds beside the workload: known values alone. */
export interface TaskSite {
  readonly names: Names;
  readonly region: string;
  /** Labels of every container, beside the component. */
  readonly labels: Readonly<Record<string, string>>;
  readonly probeImage: Image;
  /** Where the preparation image comes from. */
  readonly thirdParty: (original: Image) => Image;
  /** `valueFrom` of a secret. */
  secretArn(name: SecretName): string;
  /** The same of what an agent logs in with. */
  heldArn(source: SecretSource): string;
  /** Entry with user and password of the images' registry, where one is needed. */
  readonly registryCredentials: string | undefined;
}

/** A volume of a task; without `hostPath` it lives as long as the task. */
export interface TaskVolume {
  readonly name: string;
  readonly hostPath?: string;
}

/** Where the monitoring host mounts its EBS volume. */
export const dataFolder = "/data";

/** The AWS CLI of Amazon's own public registry: fetches files from S3. */
export const preparationImage = image({ repository: "public.ecr.aws/aws-cli/aws-cli", version: "2.27.50" });

export const preparationContainer = "prepare";
export const agentContainer = "vault";
export const probeContainer = "probe";
const probeVolume = "probe";

export const networkMode = ({ placement }: Pick<WorkloadSpec, "placement">): "host" | "awsvpc" =>
  placement.kind === "per-host" ? "host" : "awsvpc";

/** The containers of a workload's task: its own, and before it what writes its files and brings the probe binary. */
export function containerDefinitions(spec: WorkloadSpec, site: TaskSite): readonly ContainerDefinition[] {
  const before = [
    ...(needsPreparation(spec) ? [preparation(spec, site)] : []),
    ...(spec.agent === undefined ? [] : [fetcher(spec, spec.agent, site)]),
    ...(needsProbeBinary(spec) ? [probeInstaller(spec, site)] : []),
  ];
  return [...before, ownContainer(spec, site, before)];
}

/** Volumes of the task, for the mount points of {@link containerDefinitions}. */
export function taskVolumes(spec: WorkloadSpec): readonly TaskVolume[] {
  const kept = spec.volumes.flatMap((volume): TaskVolume[] => {
    if (volume.kind === "scratch") return [];
    const hostPath = volume.kind === "host" ? volume.hostPath : `${dataFolder}/${spec.name}/${volume.name}`;
    return [{ name: volume.name, hostPath }];
  });
  const probe = needsProbeBinary(spec) ? [{ name: probeVolume }] : [];
  return [...kept, ...fileVolumes(spec).map(({ name }) => ({ name })), ...probe];
}

/** Images that a task pulls. */
export const imagesOf = (spec: WorkloadSpec, site: Pick<TaskSite, "probeImage" | "thirdParty">): readonly Image[] => [
  spec.image,
  ...(needsPreparation(spec) ? [site.thirdParty(preparationImage)] : []),
  ...(spec.agent === undefined ? [] : [spec.agent.image]),
  ...(needsProbeBinary(spec) ? [site.probeImage] : []),
];

function ownContainer(spec: WorkloadSpec, site: TaskSite, before: readonly ContainerDefinition[]): ContainerDefinition {
  const { resources, user } = spec;
  return {
    name: spec.name,
    image: imageReference(spec.image),
    essential: true,
    user: user.kind === "root" ? "0:0" : `${user.uid}:${user.gid}`,
    cpu: cpuUnits(resources.cpu.request),
    memory: resources.memory.limit,
    memoryReservation: resources.memory.request,
    readonlyRootFilesystem: spec.readOnlyRootFilesystem,
    ...confinement({ tmpfs: scratch(spec) }),
    dockerLabels: {
      ...labelsOf(spec, site),
      ...(user.kind === "root" ? { [rootReasonLabel]: user.reason } : {}),
    },
    logConfiguration: hostLogs,
    mountPoints: mountPoints(spec),
    ...(spec.command === undefined ? {} : { entryPoint: spec.command }),
    ...(spec.args.length === 0 ? {} : { command: spec.args }),
    environment: Object.entries({
      ...(spec.cloudAccess === undefined ? {} : { AWS_REGION: site.region }),
      ...spec.variables,
    }).map(([name, value]) => ({ name, value })),
    secrets: spec.secretVariables.map(({ name, secret }) => ({ name, valueFrom: site.secretArn(secret) })),
    portMappings: spec.ports.map(({ number }) => ({ containerPort: number, hostPort: number, protocol: "tcp" })),
    healthCheck: healthCheck(spec),
    dependsOn: before.map(({ name }) => ({ containerName: name, condition: "SUCCESS" })),
    stopTimeout: spec.placement.rollout.stopGracePeriod.seconds,
    // The agent's default soft limit, 1024 files, is less than Prometheus and nginx open.
    ulimits: [{ name: "nofile", softLimit: 65_536, hardLimit: 65_536 }],
    ...lowPorts(spec),
    ...credentials(spec.image, site),
  };
}

/** Runs once before the workload: root, with the one right to give files away. */
function preparation(spec: WorkloadSpec, site: TaskSite): ContainerDefinition {
  const used = site.thirdParty(preparationImage);
  const written = [...spec.volumes.filter(isPersistent), ...fileVolumes(spec)];
  return {
    ...helper(preparationContainer, used, spec, site, "gives files and folders to the user of the workload"),
    ...confinement({ add: ["CHOWN"], tmpfs: [tmpfs("/tmp", 16)] }),
    entryPoint: ["/bin/sh", "-euc"],
    command: [preparationScript(spec, site.names.configBucket)],
    environment: [{ name: "AWS_REGION", value: site.region }],
    secrets: preparationSecrets(spec).map(({ name, secret }) => ({ name, valueFrom: site.secretArn(secret) })),
    mountPoints: written.map(({ name }) => ({
      sourceVolume: name,
      containerPath: preparationPath(name),
      readOnly: false,
    })),
  };
}

/**
 * Fetches the files that Vault holds, and ends: a task that starts later has what Vault holds then. Its user is root, whose
 * the task's volumes are, and its group the workload's.
 */
function fetcher(spec: WorkloadSpec, agent: SecretAgent, site: TaskSite): ContainerDefinition {
  const volumes = fileVolumes(spec);
  // The others are filled by what holds other secrets, of which this container is to see none.
  const written = volumes.filter(({ path }) => agent.files.some((file) => file.path.startsWith(`${path}/`)));
  const { entryPoint, command, variables } = agentProcess(agent, {
    fileAt: (path) => placeOf(path, volumes),
    runs: "once",
    owner: "root",
  });
  return {
    ...helper(agentContainer, agent.image, spec, site, "a task's volume belongs to root when it is made"),
    user: `0:${spec.user.kind === "root" ? 0 : spec.user.gid}`,
    ...confinement({ tmpfs: [tmpfs(agentFolder, 16)] }),
    entryPoint,
    command,
    environment: Object.entries(variables).map(([name, value]) => ({ name, value })),
    secrets: agentCredentials(agent).map(({ name, source }) => ({ name, valueFrom: site.heldArn(source) })),
    mountPoints: written.map(({ name }) => ({
      sourceVolume: name,
      containerPath: preparationPath(name),
      readOnly: false,
    })),
  };
}

/** Copies the static probe binary to where the workload's health check finds it. */
function probeInstaller(spec: WorkloadSpec, site: TaskSite): ContainerDefinition {
  const shared = preparationPath(probeVolume);
  return {
    ...helper(probeContainer, site.probeImage, spec, site, "a task's volume belongs to root when it is made"),
    ...confinement({ tmpfs: [] }),
    entryPoint: [`${probeFolder}/probe`],
    command: ["install", shared],
    mountPoints: [{ sourceVolume: probeVolume, containerPath: shared, readOnly: false }],
  };
}

/** What the containers that run before a workload have in common. */
function helper(name: string, from: Image, spec: WorkloadSpec, site: TaskSite, rootReason: string) {
  return {
    name,
    image: imageReference(from),
    essential: false,
    user: "0:0",
    cpu: 0,
    memory: preparationMemory.limit,
    memoryReservation: preparationMemory.request,
    readonlyRootFilesystem: true,
    dockerLabels: { ...labelsOf(spec, site), [rootReasonLabel]: rootReason },
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": site.names.preparationLogGroup,
        "awslogs-region": site.region,
        "awslogs-stream-prefix": spec.name,
      },
    },
    ...credentials(from, site),
  };
}

/** Promtail reads these files on the host; 3 × 20 MiB a container are kept there. */
const hostLogs = { logDriver: "json-file", options: { "max-size": "20m", "max-file": "3" } };

interface Confinement {
  readonly add?: readonly string[];
  readonly tmpfs: readonly object[];
}

const confinement = ({ add, tmpfs }: Confinement) => ({
  dockerSecurityOptions: ["no-new-privileges"],
  linuxParameters: {
    // Reaps what health check commands leave behind.
    initProcessEnabled: true,
    capabilities: { drop: ["ALL"], ...(add === undefined ? {} : { add }) },
    tmpfs,
  },
});

const tmpfs = (containerPath: string, size: number) => ({
  containerPath,
  size,
  mountOptions: ["rw", "nosuid", "nodev", "noexec"],
});

const scratch = ({ volumes }: WorkloadSpec) =>
  volumes.flatMap((volume) => (volume.kind === "scratch" ? [tmpfs(volume.path, volume.sizeMiB)] : []));

function mountPoints(spec: WorkloadSpec): MountPoint[] {
  const kept = spec.volumes.flatMap((volume) =>
    volume.kind === "scratch"
      ? []
      : [
          {
            sourceVolume: volume.name,
            containerPath: volume.path,
            readOnly: volume.kind === "host" && volume.readOnly,
          },
        ],
  );
  const files = fileVolumes(spec).map(({ name, path }) => ({
    sourceVolume: name,
    containerPath: path,
    readOnly: true,
  }));
  const probe = { sourceVolume: probeVolume, containerPath: probeFolder, readOnly: true };
  return [...kept, ...files, ...(needsProbeBinary(spec) ? [probe] : [])];
}

const labelsOf = (spec: WorkloadSpec, { labels }: TaskSite) => ({
  ...labels,
  component: spec.name,
  version: spec.image.version,
});

/** Without capabilities a process opens ports below 1024 only where the network's own setting allows it. */
function lowPorts(spec: WorkloadSpec) {
  const low = networkMode(spec) === "awsvpc" && spec.ports.some(({ number }) => number < 1024);
  return low ? { systemControls: [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "0" }] } : {};
}

/** ECR, private and public, needs no entry: the execution role pulls. */
function credentials({ repository }: Image, { registryCredentials }: TaskSite) {
  return registryCredentials === undefined || isEcr(repository)
    ? {}
    : { repositoryCredentials: { credentialsParameter: registryCredentials } };
}

const isEcr = (repository: string): boolean =>
  /^(?:\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?|public\.ecr\.aws)\//.test(repository);
