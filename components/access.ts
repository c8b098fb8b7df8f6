import type { Environment, Settings } from "./settings.ts";

/** What whoever is on call opens, in a browser or by `./platform logs`, and the port on which it listens. */
const ports = { grafana: 3001, prometheus: 9090, alertmanager: 9093, loki: 3100 } as const;
export type Opened = keyof typeof ports;
export const portOf = (member: Opened): number => ports[member];
export const openedMembers: readonly Opened[] = ["grafana", "prometheus", "alertmanager", "loki"];

/**
 * Added to a port where a tunnel ends (`./platform open`): a link of production must never lead into the developer's own
 * stack, whose ports are these.
 */
const tunnelOffset: Readonly<Record<Environment, number>> = { development: 0, staging: 20_000, production: 10_000 };

/** Port on a person's loopback at which the member is found: dev's own, else the near end of a tunnel. */
export const openedPort = ({ environment }: Pick<Settings, "environment">, member: Opened): number =>
  ports[member] + tunnelOffset[environment];

/**
 * Address that links of messages lead to, without a slash at the end: found while `./platform open <stack> <member>` runs.
 * Nothing of it is open to the outside, so that only who may reach the stack reaches it.
 */
export const openedUrl = (settings: Pick<Settings, "environment">, member: Opened): string =>
  `http://localhost:${openedPort(settings, member)}`;
