import type Docker from "dockerode";
import { holdsSecret, list, number, object, type Properties, secret, type Value } from "../../value.ts";
import { memberships } from "./networks.ts";
import { asFlag, asLabels, asText, asTexts } from "./values.ts";
import { runs } from "./waiting.ts";

/**
 * The inputs as they are on the daemon: those of last time, but for what somebody changed by hand. The engine compares
 * them with the program's, and so an update puts right what differs.
 */
export function observedInputs(inputs: Properties, info: Docker.ContainerInspectInfo): Properties {
  const drift = Object.entries({
    ...limitDrift(inputs, info),
    ...identityDrift(inputs, info),
    ...stateDrift(inputs, info),
  });
  const changed = drift.flatMap(([key, value]): [string, Value][] => {
    if (value === undefined) return [];
    // What was secret stays it, whoever changed it.
    return [[key, holdsSecret(inputs[key] ?? null) ? secret(value) : value]];
  });
  return { ...inputs, ...Object.fromEntries(changed) };
}

type Drift = Readonly<Record<string, Value | undefined>>;

/** Whether a container should run, by its inputs: not one that is only made, and not one that ends by itself. */
export const shouldRun = (inputs: Properties): boolean =>
  asFlag(inputs.start) !== false && asFlag(inputs.mustRun) !== false && asFlag(inputs.attach) !== true;

/** As the official plugin says it, so that the next update starts the container. */
const stateDrift = (inputs: Properties, info: Docker.ContainerInspectInfo): Drift => ({
  mustRun: shouldRun(inputs) && !runs(info) ? false : undefined,
  networksAdvanced: info.State.Running ? networkDrift(inputs, info) : undefined,
});

/** What `docker update` changes. */
export function limitDrift(inputs: Properties, { HostConfig }: Docker.ContainerInspectInfo): Drift {
  const restart = HostConfig.RestartPolicy?.Name || "no";
  const differs = <T extends Value>(actual: T, wanted: Value | undefined): T | undefined =>
    actual === (wanted ?? null) ? undefined : actual;
  return {
    memory: differs(mebibytes(HostConfig.Memory), number(inputs.memory) ?? 0),
    memoryReservation: differs(mebibytes(HostConfig.MemoryReservation), number(inputs.memoryReservation) ?? 0),
    // Not given, it follows the memory.
    memorySwap:
      number(inputs.memorySwap) === undefined
        ? undefined
        : differs(mebibytes(HostConfig.MemorySwap), number(inputs.memorySwap)),
    cpuShares: differs(HostConfig.CpuShares ?? 0, number(inputs.cpuShares) ?? 0),
    cpuPeriod: differs(HostConfig.CpuPeriod ?? 0, number(inputs.cpuPeriod) ?? 0),
    cpuQuota: differs(HostConfig.CpuQuota ?? 0, number(inputs.cpuQuota) ?? 0),
    cpuSet: differs(HostConfig.CpusetCpus ?? "", asText(inputs.cpuSet) ?? ""),
    cpus: (HostConfig.NanoCpus ?? 0) / 1e9 === (number(inputs.cpus) ?? 0) ? undefined : cpusOf(HostConfig),
    restart: differs(restart, asText(inputs.restart) ?? "no"),
    maxRetryCount: differs(HostConfig.RestartPolicy?.MaximumRetryCount ?? 0, number(inputs.maxRetryCount) ?? 0),
  };
}

const cpusOf = ({ NanoCpus = 0 }: Docker.HostConfig): string => String((NanoCpus ?? 0) / 1e9);

/** Bytes as the provider says sizes; -1, no limit, stays. */
const mebibytes = (bytes: number | undefined): number =>
  bytes === undefined || bytes <= 0 ? (bytes ?? 0) : Math.round(bytes / 1024 / 1024);

/** Its name, image, environment and labels; those of the image beside the given ones are no change. */
function identityDrift(inputs: Properties, { Name, Image, Config }: Docker.ContainerInspectInfo): Drift {
  const [name, image] = [Name.replace(/^\//, ""), asText(inputs.image) ?? ""];
  const actualImage = image.startsWith("sha256:") ? Image : Config.Image;
  const labels = Object.entries(asLabels(inputs.labels) ?? {});
  const envs = asTexts(inputs.envs) ?? [];
  return {
    name: inputs.name === undefined || name === asText(inputs.name) ? undefined : name,
    image: image === actualImage ? undefined : actualImage,
    envs: envs.every((it) => Config.Env?.includes(it)) ? undefined : (Config.Env ?? []),
    labels: labels.every(([key, value]) => Config.Labels[key] === value)
      ? undefined
      : Object.entries(Config.Labels).map(([label, value]) => ({ label, value })),
  };
}

/** The networks that it is in, where they are not the ones that it was put into. */
function networkDrift(inputs: Properties, { NetworkSettings }: Docker.ContainerInspectInfo): Value | undefined {
  const wanted = memberships(inputs);
  if (wanted.length === 0) return undefined;
  const actual = Object.entries(NetworkSettings.Networks);
  const isSame = ([name, { NetworkID }]: (typeof actual)[number], membership: { readonly name: string }): boolean =>
    membership.name === name || membership.name === NetworkID;
  const known = list(inputs.networksAdvanced);
  const complete = wanted.every((it) => actual.some((network) => isSame(network, it)));
  if (complete && actual.length === wanted.length) return undefined;
  return actual.map(
    (network) => known.find((it) => isSame(network, { name: asText(object(it).name) ?? "" })) ?? { name: network[0] },
  );
}
