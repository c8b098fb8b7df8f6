import { at, list, number, pairs, text, texts } from "../../support/json.ts";
import type { Rendered, Rendering } from "../../support/render.ts";
import { readHealthCommand, secondsOf, timeoutOf } from "../health-command.ts";
import { givenLevels } from "../log-level.ts";
import { always, fixed, type Observed, sorted } from "../observed.ts";
import { type Mount, mountsOf, readFiles, readVolumes } from "./mounts.ts";
import { readNetworks } from "./networks.ts";

const container = "docker:index/container:Container";

/** Reads a workload out of Docker's resources, each of its containers with their volumes, networks and images. */
export function readDocker({ resources }: Rendering, name: string): readonly Observed[] {
  const own = resources.filter(
    ({ type, inputs }) => type === container && isStarted(inputs) && pairs(inputs.labels, "label").component === name,
  );
  if (own.length === 0) throw new Error(`no container of ${name}`);
  return own.map((one) => readContainer(one, own.length, resources));
}

const isStarted = (inputs: Rendered["inputs"]): boolean => inputs.start !== false;

function readContainer(own: Rendered, count: number, resources: readonly Rendered[]): Observed {
  const { inputs } = own;
  const mounts = mountsOf(own, resources);
  const [uid, gid] = (text(inputs.user) ?? "").split(":").map(Number);
  const configuration = {
    image: (text(inputs.image) ?? "").replace(/^sha256:/, ""),
    args: texts(inputs.command),
    ...readEnvironment(own),
    ...readFiles(own, mounts, resources),
  };
  return {
    ...configuration,
    command: inputs.entrypoints === undefined ? null : texts(inputs.entrypoints),
    logLevel: givenLevels(configuration),
    ports: readPorts(inputs.ports),
    probes: readProbes(inputs.healthcheck, mounts),
    placement: { kind: "replicas", scaling: fixed(count), rollout: readRollout(own, count) },
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
    user: {
      uid: uid ?? -1,
      gid: gid ?? -1,
      rootReason: pairs(inputs.labels, "label")["trading-platform/root-reason"] ?? null,
    },
    readOnlyRootFilesystem: inputs.readOnly === true,
    privileges: readPrivileges(own),
    volumes: readVolumes(own, mounts),
    ...readNetworks(own, resources),
    startsAfter: Object.fromEntries(
      sorted(own.options.dependsOn.filter((other) => isMember(other, resources))).map((other) => [other, "update"]),
    ),
    kubernetesAccess: null,
    cloudAccess: null,
  };
}

const isMember = (name: string, resources: readonly Rendered[]): boolean =>
  resources.some((one) => one.name === name && one.type === container && isStarted(one.inputs));

/** The value of a secret stands in the list itself, which must then be a secret as a whole. */
function readEnvironment({ inputs, secret }: Rendered): Pick<Observed, "variables" | "secretVariables"> {
  const all = texts(inputs.envs).map(
    (line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const,
  );
  const isSecret = (value: string) => value.includes("<value of ");
  const held = secret.includes("envs") ? "value" : "open";
  return {
    variables: Object.fromEntries(all.filter(([, value]) => !isSecret(value))),
    secretVariables: Object.fromEntries(
      all.flatMap(([key, value]) => (isSecret(value) ? [[key, { text: value, held }]] : [])),
    ),
  };
}

/** On the host or not; inside, a container listens on what it likes (see `connectsTo`). */
const readPorts = (ports: unknown): Observed["ports"] =>
  Object.fromEntries(
    list(ports).map((port) => {
      const same = at(port, "internal") === at(port, "external");
      const exposure = at(port, "ip") === "127.0.0.1" ? "loopback" : "public";
      return [same ? String(at(port, "internal")) : `${at(port, "internal")} as ${at(port, "external")}`, exposure];
    }),
  );

function readProbes(check: unknown, mounts: readonly Mount[]): Observed["probes"] {
  const [form, ...words] = texts(at(check, "tests"));
  const hasBinary = mounts.some(({ path, readOnly, volume }) => path === "/probe" && readOnly && volume !== undefined);
  const asked = readHealthCommand(form === "CMD" ? words : ["not CMD", ...words], hasBinary);
  const seconds = (key: string) => secondsOf(text(at(check, key)) ?? "0s");
  const readiness = {
    check: asked.check,
    by: asked.by,
    interval: seconds("interval"),
    timeout: timeoutOf(asked, seconds("timeout")),
    failureThreshold: number(at(check, "retries")) ?? 0,
  };
  const period = seconds("startPeriod");
  const interval = seconds("startInterval");
  const startup = period === 0 ? null : { ...readiness, interval, failureThreshold: period / interval };
  return { liveness: null, readiness, startup };
}

function readRollout({ inputs, options }: Rendered, count: number): Observed["placement"]["rollout"] {
  const newFirst = options.deleteBeforeReplace === false && inputs.name === undefined && inputs.wait === true;
  const stop = number(inputs.stopTimeout);
  const deadline = number(inputs.waitTimeout);
  return {
    surge: always(newFirst ? count : 0),
    unavailable: always(newFirst ? 0 : count),
    // The old container is there until the new one is healthy; one that never was is made anew at the next update.
    rollbackOnFailure: newFirst && options.replaceOnChanges.includes("#initerror"),
    progressDeadline: inputs.wait === true && deadline !== undefined ? { seconds: deadline, ends: "rollout" } : null,
    revisionsKept: null,
    stopGracePeriod: stop !== undefined && stop === inputs.destroyGraceSeconds ? stop : Number.NaN,
  };
}

const readPrivileges = ({ inputs }: Rendered): readonly string[] => [
  ...(texts(at(inputs.capabilities, "drops")).includes("ALL") ? [] : ["capabilities of the default set"]),
  ...texts(at(inputs.capabilities, "adds")),
  ...(texts(inputs.securityOpts).includes("no-new-privileges:true") ? [] : ["new privileges"]),
  ...(inputs.privileged === true ? ["privileged"] : []),
  ...["networkMode", "pidMode", "ipcMode"].filter((key) => inputs[key] === "host"),
  ...(list(inputs.devices).length > 0 ? ["devices"] : []),
];
