import type { Port, WorkloadSpec } from "../../workload/index.ts";
import type { DockerSection } from "./section.ts";

const isPublic = ({ exposure }: Port): boolean => exposure === "public";

/** A workload that owns ports of the host: it is stopped before its successor starts. */
export function publishes(spec: WorkloadSpec): boolean {
  if (spec.placement.kind === "stateless") return spec.ports.some(isPublic);
  return spec.ports.some(({ exposure }) => exposure !== "internal");
}

/** Ports on the host; a rolling workload without public port has none: the gateway forwards to it. */
export function publishedPorts(spec: WorkloadSpec, { publicAddress, loopbackAddress }: DockerSection) {
  if (!publishes(spec)) return [];
  return spec.ports
    .filter(({ exposure }) => exposure !== "internal")
    .map((port) => ({
      internal: port.number,
      external: port.number,
      ip: isPublic(port) ? publicAddress : loopbackAddress,
      protocol: "tcp",
    }));
}
