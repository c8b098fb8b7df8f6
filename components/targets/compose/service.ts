import { basename } from "node:path";
import {
  type Image,
  imageReference,
  isPersistent,
  isWrittenOnHost,
  type SecretFile,
  type SecretName,
  type Volume,
  type WorkloadSpec,
} from "../../workload/index.ts";
import { containerCount, containerSettings } from "../docker/container.ts";
import { type HealthCheck, needsProbeBinary, probeFolder } from "../docker/health.ts";
import { type Label, type Naming, ownVolumeName } from "../docker/names.ts";
import { egress, membershipsOf } from "../docker/networks.ts";
import { probeName } from "../docker/owned.ts";
import type { DockerSection } from "../docker/section.ts";

/** What a compose file is made from. */
export interface ComposeArgs {
  readonly workloads: readonly WorkloadSpec[];
  readonly section: DockerSection;
  /** Its stack is not one that Pulumi deploys: `./platform up` would take what carries its labels for its own. */
  readonly naming: Naming;
  readonly probeImage: Image;
  /** Path of a configuration file that a workload mounts, beside the compose file. */
  readonly source: (spec: WorkloadSpec, path: string) => string;
  /** Path of the file that holds a secret, by its name among the document's secrets. */
  readonly secretSource: (name: string) => string;
  /** How an image is built where no registry has it. Default: all images are in registries. */
  readonly build?: (image: Image) => ComposeBuild | undefined;
}

export interface ComposeBuild {
  readonly context: string;
  readonly dockerfile: string;
  readonly args: Texts;
}

type Texts = Readonly<Record<string, string>>;

/** One service of a compose file; only what the platform uses. */
export interface ComposeService {
  readonly image: string;
  readonly build?: ComposeBuild;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly user: string;
  readonly init?: boolean;
  readonly scale?: number;
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly labels: Texts;
  readonly environment?: Texts;
  readonly healthcheck?: ComposeHealthCheck;
  readonly depends_on?: Readonly<Record<string, { readonly condition: Condition }>>;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly sysctls?: Texts;
  readonly ulimits?: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  readonly cpu_shares?: number;
  readonly cpus?: string;
  readonly mem_reservation?: string;
  readonly mem_limit?: string;
  readonly memswap_limit?: string;
  readonly tmpfs?: readonly string[];
  readonly volumes?: readonly ComposeMount[];
  readonly secrets?: readonly { readonly source: string; readonly target: string }[];
  readonly ports?: readonly ComposePort[];
  readonly network_mode?: "none";
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] }>>;
  readonly logging?: { readonly driver: string; readonly options: Texts };
}

type Condition = "service_healthy" | "service_completed_successfully";

interface ComposeHealthCheck {
  readonly test: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly start_period: string;
  readonly start_interval?: string;
}

interface ComposeMount {
  readonly type: "volume" | "bind";
  readonly source: string;
  readonly target: string;
  readonly read_only?: boolean;
}

interface ComposePort {
  readonly target: number;
  readonly published: string;
  readonly host_ip: string;
  readonly protocol: string;
}

/** The variable from which Compose takes a secret: `DATABASE_PASSWORD`. */
export const secretVariable = (secret: SecretName): string => secret.replaceAll(/[A-Z]/g, "_$&").toUpperCase();

/** A secret as a file: `tls-private-key`; one that holds more than the value is its workload's own, as `prometheus-web.yml`. */
export const secretFileName = ({ name }: WorkloadSpec, { secret, path, template }: SecretFile): string =>
  template === undefined ? secret.replaceAll(/[A-Z]/g, "-$&").toLowerCase() : `${name}-${basename(path)}`;

/** Where the probe binary's volume is mounted while it is filled. */
export const probeTarget = "/installed";

/** Compose takes what stands behind a dollar for a variable's name. */
export const literal = (text: string): string => text.replaceAll("$", "$$$$");

const literals = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, literal(text)]));

export const labelsAsMap = (labels: readonly Label[]): Texts =>
  literals(Object.fromEntries(labels.map(({ label, value }) => [label, value])));

/** How the workloads of a file reach each other and what is outside. */
export interface Connected {
  /** Names of those that others come to. */
  readonly servers: readonly string[];
  /** The network by which each that needs one gets out. */
  readonly ways: ReadonlyMap<string, string>;
}

/** A workload's service: what the Docker target asks of its containers, in the words of a compose file. */
export function serviceOf(spec: WorkloadSpec, connected: Connected, args: ComposeArgs): ComposeService {
  const { entrypoints, command, ...settings } = containerSettings(spec, args.section, args.naming);
  const replicas = containerCount(spec);
  if (replicas > 1 && spec.volumes.some(isPersistent)) {
    throw new RangeError(`compose: the ${replicas} replicas of ${spec.name} would share one volume`);
  }
  return {
    image: literal(imageReference(spec.image)),
    ...buildOf(spec.image, args),
    ...(entrypoints === undefined ? {} : { entrypoint: entrypoints.map(literal) }),
    ...(command === undefined ? {} : { command: command.map(literal) }),
    user: settings.user,
    init: settings.init,
    ...(replicas > 1 ? { scale: replicas } : {}),
    restart: settings.restart,
    stop_grace_period: `${settings.stopTimeout}s`,
    labels: labelsAsMap(settings.labels),
    environment: environment(spec),
    healthcheck: healthCheck(settings.healthcheck),
    ...startsAfter(spec, args),
    read_only: settings.readOnly,
    cap_drop: settings.capabilities.drops,
    security_opt: settings.securityOpts,
    ...(settings.sysctls === undefined ? {} : { sysctls: settings.sysctls }),
    ulimits: Object.fromEntries(settings.ulimits.map(({ name, soft, hard }) => [name, { soft, hard }])),
    cpu_shares: settings.cpuShares,
    cpus: settings.cpus,
    mem_reservation: `${settings.memoryReservation}m`,
    mem_limit: `${settings.memory}m`,
    memswap_limit: `${settings.memorySwap}m`,
    ...withoutEmpty({
      tmpfs: Object.entries(settings.tmpfs).map(([path, options]) => `${path}:${options}`),
      volumes: mounts(spec, args),
      secrets: secrets(spec),
      ports: settings.ports.map(({ internal, external, ip, protocol }) => ({
        target: internal,
        published: String(external),
        host_ip: ip,
        protocol,
      })),
    }),
    ...networks(spec, connected),
    logging: { driver: settings.logDriver, options: settings.logOpts },
  };
}

/** What makes an image where no registry has it. */
export function buildOf(image: Image, { build }: ComposeArgs): Pick<ComposeService, "build"> {
  const made = build?.(image);
  return made === undefined ? {} : { build: made };
}

type Lists = Pick<ComposeService, "tmpfs" | "volumes" | "secrets" | "ports">;

/** An empty list says nothing to a reader. */
const withoutEmpty = ({ tmpfs = [], volumes = [], secrets = [], ports = [] }: Lists): Lists => ({
  ...(tmpfs.length > 0 && { tmpfs }),
  ...(volumes.length > 0 && { volumes }),
  ...(secrets.length > 0 && { secrets }),
  ...(ports.length > 0 && { ports }),
});

const environment = ({ variables, secretVariables }: WorkloadSpec): Texts => ({
  ...literals(variables),
  ...Object.fromEntries(
    secretVariables.map(({ name, secret }) => [
      name,
      `\${${secretVariable(secret)}:?see Docker Compose in docs/guide.md}`,
    ]),
  ),
});

const healthCheck = ({ tests, startPeriod, startInterval, ...times }: HealthCheck): ComposeHealthCheck => ({
  test: tests.map(literal),
  ...times,
  start_period: startPeriod,
  ...(startInterval === undefined ? {} : { start_interval: startInterval }),
});

function startsAfter(spec: WorkloadSpec, { workloads }: ComposeArgs): Pick<ComposeService, "depends_on"> {
  const there = spec.startsAfter.filter((name) => workloads.some((other) => other.name === name));
  const conditions = [
    ...there.map((name) => [name, { condition: "service_healthy" }] as const),
    ...(needsProbeBinary(spec) ? [[probeName, { condition: "service_completed_successfully" }] as const] : []),
  ];
  return conditions.length === 0 ? {} : { depends_on: Object.fromEntries(conditions) };
}

function mounts(spec: WorkloadSpec, { source }: ComposeArgs): readonly ComposeMount[] {
  const files = spec.files.map(
    ({ path }): ComposeMount => ({ type: "bind", source: source(spec, path), target: path, read_only: true }),
  );
  const probe: readonly ComposeMount[] = needsProbeBinary(spec)
    ? [{ type: "volume", source: probeName, target: probeFolder, read_only: true }]
    : [];
  return [...spec.volumes.flatMap((volume) => volumeMount(spec, volume)), ...files, ...probe];
}

/** Compose mounts each at its path; the file on the host must be readable for the service's user. */
const secrets = (spec: WorkloadSpec): NonNullable<ComposeService["secrets"]> =>
  spec.secretFiles.map((file) => ({ source: secretFileName(spec, file), target: file.path }));

/** What outlives the containers. A folder of the host that a service writes would be that of every project there. */
export const isKept = (volume: Volume): boolean => isPersistent(volume) || isWrittenOnHost(volume);

function volumeMount(spec: WorkloadSpec, volume: Volume): readonly ComposeMount[] {
  switch (volume.kind) {
    case "persistent":
      return [{ type: "volume", source: ownVolumeName(spec, volume, 0), target: volume.path }];
    case "host":
      return [
        isKept(volume)
          ? { type: "volume", source: ownVolumeName(spec, volume, 0), target: volume.path }
          : { type: "bind", source: volume.hostPath, target: volume.path, read_only: true },
      ];
    // A tmpfs.
    case "scratch":
      return [];
  }
}

function networks(spec: WorkloadSpec, { servers, ways }: Connected): Pick<ComposeService, "network_mode" | "networks"> {
  const memberships = membershipsOf(spec, servers);
  if (memberships.length === 0) return { network_mode: "none" };
  const way = ways.get(spec.name) ?? egress;
  const named = memberships.map(({ network, aliases }) => [
    network === egress ? way : network,
    aliases.length === 0 ? {} : { aliases },
  ]);
  return { networks: Object.fromEntries(named) };
}
