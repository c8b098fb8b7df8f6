import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Probe, WorkloadSpec } from "../../components/workload/index.ts";
import { settingsOf } from "../support/stacks.ts";
import { type TargetName, targetNames } from "./contracts.ts";
import { anyMembers, platformFor, workloadsOf } from "./generated.ts";

const asks =
  (of: (spec: WorkloadSpec) => Probe | undefined, kind: Probe["check"]["kind"]) =>
  (spec: WorkloadSpec): boolean =>
    of(spec)?.check.kind === kind;

const scales = ({ placement }: WorkloadSpec, metric: "cpu" | "requests"): boolean =>
  placement.kind === "stateless" &&
  placement.scaling.kind === "automatic" &&
  placement.scaling.target.metric === metric;

/** What a spec can be, and the targets that refuse it. */
const variants: readonly (readonly [string, (spec: WorkloadSpec) => boolean, TargetName?])[] = [
  ...(["http", "tcp", "command"] as const).flatMap(
    (kind) =>
      [
        [`liveness by ${kind}`, asks(({ probes }) => probes.liveness, kind)],
        [`readiness by ${kind}`, asks(({ probes }) => probes.readiness, kind)],
        [`startup by ${kind}`, asks(({ probes }) => probes.startup, kind)],
      ] as const,
  ),
  ["no startup", ({ probes }) => probes.startup === undefined],
  ["asked by wget", ({ probes }) => probes.tool === "wget" && probes.liveness.check.kind === "http"],
  [
    "asked by the probe binary",
    ({ probes }) => probes.tool === "probe-binary" && probes.liveness.check.kind === "http",
  ],
  [
    "a fixed number of replicas",
    ({ placement }) => placement.kind === "stateless" && placement.scaling.kind === "fixed",
  ],
  ["scaling by CPU", (spec) => scales(spec, "cpu")],
  ["scaling by requests", (spec) => scales(spec, "requests"), "kubernetes"],
  ["one owner", ({ placement }) => placement.kind === "stateful" && placement.replicas === 1],
  ["several owners", ({ placement }) => placement.kind === "stateful" && placement.replicas > 1, "ecs"],
  ["once a host", ({ placement }) => placement.kind === "per-host"],
  ["rollback", ({ placement }) => placement.rollout.rollbackOnFailure],
  ["no rollback", ({ placement }) => !placement.rollout.rollbackOnFailure],
  ...(["persistent", "scratch", "host"] as const).map(
    (kind) =>
      [`a ${kind} volume`, ({ volumes }: WorkloadSpec) => volumes.some((volume) => volume.kind === kind)] as const,
  ),
  [
    "a writable folder of the host",
    ({ volumes }) => volumes.some((volume) => volume.kind === "host" && !volume.readOnly),
  ],
  ["files", ({ files }) => files.length > 0],
  ["files in folders in folders", ({ files }) => files.some(({ path }) => path.startsWith("/etc/app/sub/"))],
  ["secret files", ({ secretFiles }) => secretFiles.some(({ template }) => template === undefined)],
  ["secret files around a template", ({ secretFiles }) => secretFiles.some(({ template }) => template !== undefined)],
  ["secret variables", ({ secretVariables }) => secretVariables.length > 0],
  ["a command", ({ command }) => command !== undefined],
  ["no port", ({ ports }) => ports.length === 0],
  ...(["internal", "loopback", "public"] as const).map(
    (exposure) =>
      [
        `a port that is ${exposure}`,
        ({ ports }: WorkloadSpec) => ports.some((port) => port.exposure === exposure),
      ] as const,
  ),
  ["root", ({ user }) => user.kind === "root"],
  ["no root", ({ user }) => user.kind === "non-root"],
  ["connections", ({ connectsTo }) => connectsTo.length > 1],
  ["an order", ({ startsAfter }) => startsAfter.length > 0],
  ["the internet", ({ internet }) => internet],
  ["the Kubernetes API, everywhere", ({ kubernetesAccess }) => kubernetesAccess?.scope === "cluster"],
  ["the Kubernetes API, in its namespaces", ({ kubernetesAccess }) => kubernetesAccess?.scope === "namespace"],
  ["the log store", ({ cloudAccess }) => cloudAccess === "log-store"],
  ["the list of hosts", ({ cloudAccess }) => cloudAccess === "host-discovery"],
];

/** A property over specs that are never generated, or always refused, would hold for nothing. */
describe.each(targetNames)("%s takes of the generated specs", (name) => {
  const { target } = settingsOf("prod", name);
  const taken = fc
    .sample(anyMembers, { numRuns: 100, seed: 1 })
    .flatMap((members) => workloadsOf(platformFor(target, members)));

  const possible = variants.filter(([, , refusing]) => refusing !== name).map(([title, isIt]) => ({ title, isIt }));
  test.each(possible)("$title", ({ isIt }) => {
    expect(taken.filter(isIt).length).toBeGreaterThanOrEqual(5);
  });
});
