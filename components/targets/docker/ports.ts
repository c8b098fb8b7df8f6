import { isWrittenOnHost, type Port, type WorkloadSpec } from "../../workload/index.ts";
import type { DockerSection } from "./section.ts";

/** A port of a container on the host. */
export interface PublishedPort {
  readonly internal: number;
  readonly external: number;
  readonly ip: string;
  readonly protocol: "tcp";
}

/**
 * Ports that a workload owns on the host. A rolling workload owns none, because its successor would need the same one
 * while both run: the gateway forwards its loopback ports. The gateway itself, which customers reach, owns its ports
 * and is replaced stop-first.
 */
export function hostPorts({ placement, ports }: Pick<WorkloadSpec, "placement" | "ports">): readonly Port[] {
  const isForwarded = placement.kind === "stateless" && !ports.some(({ exposure }) => exposure === "public");
  return isForwarded ? [] : ports.filter(({ exposure }) => exposure !== "internal");
}

export const publishedPorts = (spec: WorkloadSpec, section: DockerSection): PublishedPort[] =>
  hostPorts(spec).map(({ number, exposure }) => ({
    internal: number,
    external: number,
    ip: exposure === "public" ? section.publicAddress : section.loopbackAddress,
    protocol: "tcp",
  }));

/** True when old and new cannot run side by side: both would need the same host port, volume or folder of the host. */
export const stopsFirst = (spec: Pick<WorkloadSpec, "placement" | "ports" | "volumes">): boolean =>
  spec.placement.kind === "stateful" || hostPorts(spec).length > 0 || spec.volumes.some(isWrittenOnHost);
