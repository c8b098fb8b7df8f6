import { ensure } from "./problem.ts";

/**
 * Who can reach a port:
 * - `internal`: the workloads that say so in `connectsTo` (and Prometheus, where it is scraped);
 * - `loopback`: those, and a developer on the same host (Docker only; elsewhere the same as `internal`);
 * - `public`: customers.
 */
export type Exposure = "internal" | "loopback" | "public";

/** A port on which a workload listens: the same number in the container, behind its name and on a host. */
export interface Port {
  /** A DNS label of at most 15 characters, as Kubernetes asks of a port's name. */
  readonly name: string;
  readonly number: number;
  readonly exposure: Exposure;
  /** Default: TCP alone. For what gossips; on Kubernetes only. */
  readonly protocols?: readonly Protocol[];
  /**
   * How clients and server know each other: `mutual`, by certificates of the stack's own authority both ways; `server`, the
   * client by a password, over TLS. Default: what is sent there is plain.
   */
  readonly tls?: "mutual" | "server";
}

export type Protocol = "TCP" | "UDP";

export const protocolsOf = ({ protocols }: Pick<Port, "protocols">): readonly Protocol[] => protocols ?? ["TCP"];

/** The port once for each of its protocols, under a name of its own. */
export const byProtocol = (port: Port): readonly (Port & { readonly protocol: Protocol })[] =>
  protocolsOf(port).map((protocol) => ({
    ...port,
    name: protocol === "TCP" ? port.name : `${port.name}-${protocol.toLowerCase()}`,
    protocol,
  }));

/** Refuses what no target can open. */
export function port(value: Port): Port {
  ensure(
    /^(?=.{1,15}$)[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(value.name),
    `port: name "${value.name}" must be 1 to 15 lower-case letters, digits or dashes, starting with a letter`,
  );
  ensure(
    Number.isInteger(value.number) && value.number >= 1 && value.number <= 65_535,
    `port ${value.name}: ${value.number} is not a port; allowed are 1 to 65535`,
  );
  return value;
}
