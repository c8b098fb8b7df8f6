import type Docker from "dockerode";
import { list, number, object, type Properties, type Value } from "../../value.ts";
import { inNanoseconds } from "./duration.ts";
import type { DaemonFeatures } from "./features.ts";
import { limits, restartPolicy } from "./limits.ts";
import { binds, mountPoints, mounts, volumesFrom } from "./mounts.ts";
import { firstNetwork } from "./networks.ts";
import { portBindings } from "./ports.ts";
import { asBytes, asFlag, asLabels, asText, asTextMap, asTexts } from "./values.ts";

/** What the daemon is asked to make of a container's inputs; an input that is not given is left to the daemon or the image. */
export function createOptions(inputs: Properties, features: DaemonFeatures): Docker.ContainerCreateOptions {
  const network = firstNetwork(inputs);
  const bindings = portBindings(inputs.ports);
  return {
    name: asText(inputs.name),
    platform: asText(inputs.platform),
    Image: asText(inputs.image),
    Hostname: asText(inputs.hostname),
    Domainname: asText(inputs.domainname),
    User: asText(inputs.user),
    Tty: asFlag(inputs.tty),
    OpenStdin: asFlag(inputs.stdinOpen),
    Env: asTexts(inputs.envs),
    Cmd: asTexts(inputs.command),
    Entrypoint: asTexts(inputs.entrypoints),
    WorkingDir: asText(inputs.workingDir),
    Labels: asLabels(inputs.labels),
    StopSignal: asText(inputs.stopSignal),
    StopTimeout: number(inputs.stopTimeout),
    Healthcheck: healthCheck(inputs.healthcheck, features),
    ExposedPorts: Object.fromEntries(Object.keys(bindings).map((port) => [port, {}])),
    Volumes: mountPoints(inputs.volumes),
    HostConfig: {
      ...hostConfig(inputs),
      PortBindings: bindings,
      NetworkMode: network?.name ?? asText(inputs.networkMode),
    },
    ...(network === undefined ? {} : { NetworkingConfig: { EndpointsConfig: { [network.name]: network.endpoint } } }),
  };
}

function hostConfig(inputs: Properties): Docker.HostConfig {
  const { securityOpts, ...masks } = securityOptions(inputs.securityOpts);
  const capabilities = object(inputs.capabilities);
  return {
    ...limits(inputs),
    ...masks,
    RestartPolicy: restartPolicy(inputs),
    NanoCpus: nanoCpus(inputs.cpus),
    ShmSize: asBytes(inputs.shmSize),
    Ulimits: list(inputs.ulimits).map((it) => ({
      Name: asText(object(it).name) ?? "",
      Soft: number(object(it).soft) ?? 0,
      Hard: number(object(it).hard) ?? 0,
    })),
    Binds: binds(inputs.volumes),
    VolumesFrom: volumesFrom(inputs.volumes),
    Mounts: mounts(inputs.mounts),
    Tmpfs: asTextMap(inputs.tmpfs),
    Privileged: asFlag(inputs.privileged),
    PublishAllPorts: asFlag(inputs.publishAllPorts),
    AutoRemove: asFlag(inputs.rm),
    ReadonlyRootfs: asFlag(inputs.readOnly),
    CapAdd: asTexts(capabilities.adds),
    CapDrop: asTexts(capabilities.drops),
    SecurityOpt: securityOpts,
    Sysctls: asTextMap(inputs.sysctls),
    Devices: list(inputs.devices).map((it) => device(object(it))),
    DeviceCgroupRules: asTexts(inputs.deviceCgroupRules),
    Dns: asTexts(inputs.dns),
    DnsOptions: asTexts(inputs.dnsOpts),
    DnsSearch: asTexts(inputs.dnsSearches),
    ExtraHosts: list(inputs.hosts).map((it) => `${asText(object(it).host)}:${asText(object(it).ip)}`),
    GroupAdd: asTexts(inputs.groupAdds),
    ...logging(inputs),
    // Said in any case, as the official plugin does: not the daemon's own default.
    Init: asFlag(inputs.init) ?? false,
    IpcMode: asText(inputs.ipcMode),
    PidMode: asText(inputs.pidMode),
    UsernsMode: asText(inputs.usernsMode),
    Runtime: asText(inputs.runtime),
    StorageOpt: asTextMap(inputs.storageOpts),
    CgroupParent: asText(inputs.cgroupParent),
    ...cgroupNamespace(inputs.cgroupnsMode),
  };
}

/** Not in the types of dockerode. */
function cgroupNamespace(mode: Value | undefined): { readonly CgroupnsMode?: string } {
  const text = asText(mode);
  return text === undefined ? {} : { CgroupnsMode: text };
}

/** Without a driver the daemon's default one is told the options. */
function logging({ logDriver, logOpts }: Properties): Pick<Docker.HostConfig, "LogConfig"> {
  const [type, config] = [asText(logDriver), asTextMap(logOpts)];
  return type === undefined && config === undefined ? {} : { LogConfig: { Type: type ?? "", Config: config ?? {} } };
}

/** Billionths of a processor; `--cpus` of the Docker CLI. */
function nanoCpus(cpus: Value | undefined): number | undefined {
  const count = number(cpus);
  return count === undefined ? undefined : Math.round(count * 1e9);
}

const device = ({ hostPath, containerPath, permissions }: Properties) => ({
  PathOnHost: asText(hostPath) ?? "",
  PathInContainer: asText(containerPath) ?? asText(hostPath) ?? "",
  CgroupPermissions: asText(permissions) ?? "rwm",
});

/** `systempaths=unconfined` is an order to the client: nothing of /proc and /sys is masked. */
function securityOptions(value: Value | undefined): {
  readonly securityOpts: string[] | undefined;
  readonly MaskedPaths?: string[];
  readonly ReadonlyPaths?: string[];
} {
  const all = asTexts(value);
  const unconfined = "systempaths=unconfined";
  const securityOpts = all?.filter((it) => it !== unconfined);
  return all?.includes(unconfined) ? { securityOpts, MaskedPaths: [], ReadonlyPaths: [] } : { securityOpts };
}

/** An older daemon has no interval of its own for the start: it checks at the usual one then. */
function healthCheck(value: Value | undefined, features: DaemonFeatures): Docker.HealthConfig | undefined {
  const check = object(value);
  if (Object.keys(check).length === 0) return undefined;
  const time = (key: string): number | undefined => {
    const text = asText(check[key]);
    return text === undefined ? undefined : inNanoseconds(text);
  };
  return {
    Test: asTexts(check.tests),
    Interval: time("interval"),
    Timeout: time("timeout"),
    StartPeriod: time("startPeriod"),
    Retries: number(check.retries),
    ...(features.startInterval ? { StartInterval: time("startInterval") } : {}),
  };
}
