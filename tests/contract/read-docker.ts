import { at, entries, list, number, pairs, text, texts } from "../support/json.ts";
import type { Rendered, Rendering } from "../support/render.ts";
import {
  fixed,
  type HeldSecret,
  type Observed,
  type ObservedVolume,
  readHealthCommand,
  secondsOf,
  sorted,
} from "./observed.ts";

const kind = (type: string) => `docker:index/${type}`;

/** Reads a workload out of Docker's resources: its containers, their volumes, networks and images. */
export function readDocker({ resources }: Rendering, name: string): Observed {
  const all = resources.filter(({ type }) => type === kind("container:Container"));
  const containers = all.filter(
    ({ inputs }) => inputs.start !== false && pairs(inputs.labels, "label").component === name,
  );
  const [first] = containers;
  if (first === undefined) throw new Error(`no container of ${name}`);
  const { inputs } = first;
  const mounts = mountsOf(first, resources);
  const labels = pairs(inputs.labels, "label");
  const [uid, gid] = (text(inputs.user) ?? "").split(":").map(Number);
  return {
    image: (text(inputs.image) ?? "").replace(/^sha256:/, ""),
    command: inputs.entrypoints === undefined ? null : texts(inputs.entrypoints),
    args: texts(inputs.command),
    ...environmentOf(first),
    ...filesOf(mounts, all),
    ports: portsOf(inputs.ports),
    probes: probesOf(inputs.healthcheck, mounts),
    placement: {
      kind: "replicas",
      scaling: fixed(containers.length),
      rollout: rolloutOf(first, containers.length),
    },
    resources: {
      cpu: {
        request: Math.round(((number(inputs.cpuShares) ?? 0) * 1000) / 1024),
        limit: Math.round(Number(inputs.cpus) * 1000),
      },
      // Memory and swap are limited together: a larger number would be swap.
      memory: {
        request: number(inputs.memoryReservation) ?? 0,
        limit: inputs.memory === inputs.memorySwap ? (number(inputs.memory) ?? null) : null,
      },
    },
    user: { uid: uid ?? -1, gid: gid ?? -1, rootReason: labels["trading-platform/root-reason"] ?? null },
    readOnlyRootFilesystem: inputs.readOnly === true,
    privileges: privilegesOf(first),
    volumes: volumesOf(first, mounts),
    ...networksOf(first, resources),
    startsAfter: sorted(first.options.dependsOn.filter((other) => isMember(other, resources))),
    kubernetesAccess: null,
    cloudAccess: null,
  };
}

const isMember = (name: string, resources: readonly Rendered[]): boolean =>
  resources.some((one) => one.name === name && one.type === kind("container:Container") && one.inputs.start !== false);

/** The value of a secret stands in the list itself, which must then be a secret as a whole. */
function environmentOf({ inputs, secret }: Rendered): Pick<Observed, "variables" | "secretVariables"> {
  const all = texts(inputs.envs).map(
    (line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const,
  );
  const isSecret = (value: string) => value.includes("<value of ");
  const held = secret.includes("envs") ? "value" : "plain";
  return {
    variables: Object.fromEntries(all.filter(([, value]) => !isSecret(value))),
    secretVariables: Object.fromEntries(
      all.flatMap(([key, value]) => (isSecret(value) ? [[key, { text: value, held }]] : [])),
    ),
  };
}

interface Mount {
  readonly path: string;
  readonly readOnly: boolean;
  readonly hostPath: string | undefined;
  readonly volume: Rendered | undefined;
}

function mountsOf({ inputs }: Rendered, resources: readonly Rendered[]): readonly Mount[] {
  return list(inputs.volumes).map((mount) => ({
    path: text(at(mount, "containerPath")) ?? "",
    readOnly: at(mount, "readOnly") === true,
    hostPath: text(at(mount, "hostPath")),
    volume: resources.find((one) => one.type === kind("volume:Volume") && one.inputs.name === at(mount, "volumeName")),
  }));
}

/** Containers that are never started, and write into a volume that is mounted here. */
const loadersOf = (mounts: readonly Mount[], containers: readonly Rendered[]): readonly Rendered[] =>
  containers.filter(
    ({ inputs }) =>
      inputs.start === false &&
      list(inputs.volumes).some((filled) =>
        mounts.some(
          (mount) =>
            mount.volume !== undefined &&
            mount.volume.inputs.name === at(filled, "volumeName") &&
            mount.path === at(filled, "containerPath"),
        ),
      ),
  );

/** A file is there if it was uploaded below a folder whose volume is mounted at the same path, read-only. */
function filesOf(mounts: readonly Mount[], containers: readonly Rendered[]): Pick<Observed, "files" | "secretFiles"> {
  const files: Record<string, string> = {};
  const secretFiles: Record<string, HeldSecret> = {};
  for (const loader of loadersOf(mounts, containers)) {
    for (const upload of list(loader.inputs.uploads)) {
      const path = text(at(upload, "file")) ?? "";
      const arrives = mounts.some(
        (mount) => mount.volume !== undefined && mount.readOnly && path.startsWith(`${mount.path}/`),
      );
      if (!arrives) continue;
      const content = text(at(upload, "content"));
      const encoded = text(at(upload, "contentBase64"));
      if (content !== undefined) files[path] = content;
      if (encoded !== undefined) {
        const held = loader.secret.includes("uploads") ? "value" : "plain";
        secretFiles[path] = { text: Buffer.from(encoded, "base64").toString(), held };
      }
    }
  }
  return { files, secretFiles };
}

/** On the host or not; inside, a container listens on what it likes (see `connectsTo`). */
const portsOf = (ports: unknown): Observed["ports"] =>
  Object.fromEntries(
    list(ports).map((port) => {
      const same = at(port, "internal") === at(port, "external");
      const exposure = at(port, "ip") === "127.0.0.1" ? "loopback" : "public";
      return [same ? String(at(port, "internal")) : `${at(port, "internal")} as ${at(port, "external")}`, exposure];
    }),
  );

function probesOf(check: unknown, mounts: readonly Mount[]): Observed["probes"] {
  const [form, ...words] = texts(at(check, "tests"));
  const hasBinary = mounts.some(({ path, readOnly, volume }) => path === "/probe" && readOnly && volume !== undefined);
  const asked = readHealthCommand(form === "CMD" ? words : ["not CMD", ...words], hasBinary);
  const seconds = (key: string) => secondsOf(text(at(check, key)) ?? "0s");
  const timeout = seconds("timeout");
  const readiness = {
    check: asked.check,
    by: asked.by,
    interval: seconds("interval"),
    timeout: asked.patience === null || asked.patience === timeout ? timeout : Number.NaN,
    failureThreshold: number(at(check, "retries")) ?? 0,
  };
  const period = seconds("startPeriod");
  const interval = seconds("startInterval");
  const startup = period === 0 ? null : { ...readiness, interval, failureThreshold: period / interval };
  return { liveness: null, readiness, startup };
}

function rolloutOf({ inputs, options }: Rendered, count: number): Observed["placement"]["rollout"] {
  const newFirst = options.deleteBeforeReplace === false && inputs.name === undefined && inputs.wait === true;
  const stop = number(inputs.stopTimeout);
  return {
    surge: newFirst ? count : 0,
    unavailable: newFirst ? 0 : count,
    // The old container is there until the new one is healthy; one that never was is made anew at the next update.
    rollbackOnFailure: newFirst && options.replaceOnChanges.includes("#initerror"),
    progressDeadline: inputs.wait === true ? (number(inputs.waitTimeout) ?? null) : null,
    revisionsKept: null,
    stopGracePeriod: stop !== undefined && stop === inputs.destroyGraceSeconds ? stop : Number.NaN,
  };
}

const privilegesOf = ({ inputs }: Rendered): readonly string[] => [
  ...(texts(at(inputs.capabilities, "drops")).includes("ALL") ? [] : ["capabilities of the default set"]),
  ...texts(at(inputs.capabilities, "adds")),
  ...(texts(inputs.securityOpts).includes("no-new-privileges:true") ? [] : ["new privileges"]),
  ...(inputs.privileged === true ? ["privileged"] : []),
  ...["networkMode", "pidMode", "ipcMode"].filter((key) => inputs[key] === "host"),
];

function volumesOf({ inputs }: Rendered, mounts: readonly Mount[]): Observed["volumes"] {
  const mounted = mounts.flatMap(({ path, hostPath, readOnly, volume }): [string, ObservedVolume][] => {
    if (hostPath !== undefined) return [[path, { kind: "host", hostPath, readOnly }]];
    // What goes with the stack is no data of the workload's.
    return volume?.options.retainOnDelete === true && !readOnly ? [[path, { kind: "persistent", sizeGiB: null }]] : [];
  });
  const scratch = entries(inputs.tmpfs).map(([path, options]): [string, ObservedVolume] => [
    path,
    { kind: "scratch", sizeMiB: Number(/(?:^|,)size=(\d+)m(?:,|$)/.exec(text(options) ?? "")?.[1]) },
  ]);
  return Object.fromEntries([...mounted, ...scratch]);
}

/** Servers whose internal network it has joined, and the way out. */
function networksOf({ inputs }: Rendered, resources: readonly Rendered[]): Pick<Observed, "connectsTo" | "internet"> {
  const own = pairs(inputs.labels, "label").component;
  const joined = list(inputs.networksAdvanced).flatMap((network) =>
    resources.filter(({ id }) => id === at(network, "name")),
  );
  const servers = joined.flatMap((network) =>
    resources.flatMap((other) =>
      list(other.inputs.networksAdvanced).some(
        (at2) => at(at2, "name") === network.id && texts(at(at2, "aliases")).length > 0,
      )
        ? (pairs(other.inputs.labels, "label").component ?? [])
        : [],
    ),
  );
  const outside = joined.filter((network) => network.inputs.internal !== true);
  return {
    connectsTo: sorted(servers.filter((server) => server !== own).map((server) => `${server}:*`)),
    internet: outside.length > 0 && outside.every((network) => isolates(network)),
  };
}

const isolates = ({ inputs }: Rendered): boolean =>
  at(inputs.options, "com.docker.network.bridge.enable_icc") === "false";
