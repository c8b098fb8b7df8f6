import type { Settings } from "../../components/settings.ts";
import type { Member } from "../../components/specification.ts";
import {
  type Check,
  imageReference,
  type Port,
  type Probe,
  portNamed,
  protocolsOf,
  secretFileText,
  type WorkloadSpec,
} from "../../components/workload/index.ts";
import { secretMark } from "../support/render.ts";
import { sameLevels } from "./log-level.ts";
import {
  always,
  fixed,
  type HeldSecret,
  type Observed,
  type ObservedProbe,
  type ObservedScaling,
  type ObservedVolume,
  sorted,
} from "./observed.ts";

/** What a spec states. `members` are all of its platform. */
export function stated(
  spec: WorkloadSpec,
  members: readonly Member[],
  { target, stack }: Pick<Settings, "target" | "stack">,
): Observed {
  const { user, probes, resources, kubernetesAccess } = spec;
  const image = imageReference(spec.image);
  return {
    address: target.address(spec.name, stack),
    image,
    command: spec.command ?? null,
    args: spec.args,
    variables: spec.variables,
    secretVariables: byKey(spec.secretVariables, ({ name, secret }) => [name, reference(secretMark(secret))]),
    files: byKey(spec.files, ({ path, content }) => [path, content]),
    secretFiles: byKey(spec.secretFiles, (file) => [
      file.path,
      reference(secretFileText(file, secretMark(file.secret))),
    ]),
    hiddenFolders: [],
    logLevel: sameLevels(image, spec.logs.level),
    ports: byKey(
      spec.ports.flatMap((port) => numbersOf(port).map((number) => ({ number, exposure: port.exposure }))),
      ({ number, exposure }) => [number, exposure],
    ),
    probes: {
      liveness: statedProbe(probes.liveness, spec),
      readiness: statedProbe(probes.readiness, spec),
      startup: probes.startup === undefined ? null : statedProbe(probes.startup, spec),
    },
    placement: statedPlacement(spec),
    resources: { cpu: { ...resources.cpu }, memory: { ...resources.memory } },
    user:
      user.kind === "root"
        ? { uid: 0, gid: 0, rootReason: user.reason }
        : { uid: user.uid, gid: user.gid, rootReason: null },
    readOnlyRootFilesystem: spec.readOnlyRootFilesystem,
    privileges: [],
    volumes: byKey(spec.volumes, (volume) => [volume.path, statedVolume(volume)]),
    connectsTo: connections(spec, members),
    startsAfter: byKey(spec.startsAfter, (member) => [member, "every start"]),
    internet: spec.internet ? "everything" : "none",
    kubernetesAccess:
      kubernetesAccess === undefined
        ? null
        : {
            resources: sorted(kubernetesAccess.resources),
            verbs: sorted(kubernetesAccess.verbs),
            scope: kubernetesAccess.scope,
          },
    cloudAccess: spec.cloudAccess ?? null,
  };
}

/** A spec's connections, as `database:5432`, or `alertmanager:9094/udp`. */
export const connections = (spec: WorkloadSpec, members: readonly Member[]): readonly string[] =>
  sorted(spec.connectsTo.flatMap(({ to, port }) => portsOf(to, port, members).map((number) => `${to}:${number}`)));

/** The port's number, and once more for UDP where it has that too. */
const numbersOf = (port: Port): readonly string[] =>
  protocolsOf(port).map((protocol) => (protocol === "UDP" ? `${port.number}/udp` : String(port.number)));

const byKey = <T, V>(values: readonly T[], entry: (value: T) => [string, V]): Readonly<Record<string, V>> =>
  Object.fromEntries(values.map(entry));

const reference = (text: string): HeldSecret => ({ text, held: "reference" });

function statedProbe({ check, interval, timeout, failureThreshold }: Probe, spec: WorkloadSpec): ObservedProbe {
  return {
    check: checkText(check, spec),
    by: check.kind === "command" ? "command" : check.kind === "tcp" ? "probe-binary" : spec.probes.tool,
    interval: interval.seconds,
    timeout: timeout.seconds,
    failureThreshold,
  };
}

function checkText(check: Check, spec: WorkloadSpec): string {
  if (check.kind === "command") return ["command", ...check.command].join(" ");
  const { number } = portNamed(spec, check.port);
  return check.kind === "tcp" ? `tcp ${number}` : `http ${number} ${check.path}`;
}

function statedPlacement({ placement }: WorkloadSpec): Observed["placement"] {
  const { rollbackOnFailure, progressDeadline, revisionsKept, stopGracePeriod } = placement.rollout;
  const common = {
    rollbackOnFailure,
    progressDeadline: { seconds: progressDeadline.seconds, ends: "rollout" },
    revisionsKept,
    stopGracePeriod: stopGracePeriod.seconds,
  } as const;
  switch (placement.kind) {
    case "stateless": {
      const { surge, unavailable } = placement.rollout;
      return {
        kind: "replicas",
        scaling: statedScaling(placement.scaling),
        rollout: { surge: always(surge), unavailable: always(unavailable), ...common },
      };
    }
    case "stateful":
      return {
        kind: "replicas",
        scaling: fixed(placement.replicas),
        rollout: { surge: always(0), unavailable: always(1), ...common },
      };
    case "per-host":
      return {
        kind: "per-host",
        scaling: fixed(1),
        rollout: { surge: always(0), unavailable: always(placement.rollout.unavailable), ...common },
      };
  }
}

function statedScaling(scaling: Extract<WorkloadSpec["placement"], { kind: "stateless" }>["scaling"]): ObservedScaling {
  if (scaling.kind === "fixed") return fixed(scaling.replicas);
  return { minimum: scaling.minimum, maximum: scaling.maximum, target: scaling.target };
}

function statedVolume(volume: WorkloadSpec["volumes"][number]): ObservedVolume {
  switch (volume.kind) {
    case "persistent":
      return { kind: "persistent", sizeGiB: volume.sizeGiB, sharedGiB: null };
    case "scratch":
      return { kind: "scratch", sizeMiB: volume.sizeMiB };
    case "host":
      return { kind: "host", hostPath: volume.hostPath, readOnly: volume.readOnly };
  }
}

function portsOf(to: string, port: string, members: readonly Member[]): readonly string[] {
  const member = members.find(({ name }) => name === to);
  if (member === undefined) throw new Error(`no member ${to}`);
  return member.kind === "managed" ? [String(member.port)] : numbersOf(portNamed(member, port));
}
