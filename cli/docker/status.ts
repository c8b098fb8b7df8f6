import type Docker from "dockerode";
import type { WorkloadSpec } from "../../components/workload/index.ts";
import { componentOf } from "./daemon.ts";

/** What `./platform status` says of one workload. */
export interface Status {
  readonly component: string;
  /** `healthy`, `starting`, `unhealthy`, `running` (without a check), `restarting`, `exited`, `not there`, `left out`. */
  readonly state: string;
  /** As Docker says it: `3 hours`; empty for what does not run. */
  readonly since: string;
  readonly version: string;
  /** On this host. */
  readonly addresses: readonly string[];
}

/** Runs as it should, or cannot run here. */
export const isWell = ({ state }: Status): boolean => ["healthy", "running", "left out"].includes(state);

/**
 * A row for each container, and one for each workload without any, in the order of the platform.
 * @param leftOut workloads that have no image here.
 */
export function statusOf(
  workloads: readonly WorkloadSpec[],
  containers: readonly Docker.ContainerInfo[],
  leftOut: readonly string[] = [],
): readonly Status[] {
  const known = workloads.map(({ name }) => name);
  const strangers = [...new Set(containers.map(componentOf))].filter((name) => !known.includes(name));
  return [...known, ...strangers].flatMap((name) => {
    const own = containers.filter((container) => componentOf(container) === name);
    return own.length === 0
      ? [
          {
            component: name,
            state: leftOut.includes(name) ? "left out" : "not there",
            since: "",
            version: "",
            addresses: [],
          },
        ]
      : own.map(containerStatus);
  });
}

function containerStatus(container: Docker.ContainerInfo): Status {
  const { State, Status: words, Image, Labels, Ports } = container;
  // `Up 3 hours (healthy)`, `Up 5 seconds (health: starting)`
  const [, since = "", health] = /^Up (.*?)(?: \((?:health: )?(\w+)\))?$/.exec(words) ?? [];
  const addresses = Ports.filter(({ PublicPort }) => PublicPort !== undefined).map(
    ({ IP, PublicPort }) => `${IP}:${PublicPort}`,
  );
  return {
    component: componentOf(container),
    state: health ?? State,
    since,
    version: Labels.version ?? Image.slice(Image.lastIndexOf(":") + 1),
    addresses: [...new Set(addresses)].sort(),
  };
}
