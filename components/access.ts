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
 * Grafana is open to the outside where people log in at the company's own identity provider, and only there: a password
 * alone is no lock for a public door. Elsewhere a tunnel leads to it.
 */
export const isGrafanaPublic = ({ grafana }: Pick<Settings, "grafana">): boolean => grafana.oidc !== undefined;

/** Name of Grafana in the public DNS. */
export const grafanaDomain = ({ domain }: Pick<Settings, "domain">): string => `grafana.${domain}`;

/** Names beside the domain under which the gateway is found from outside. */
export const otherDomains = (settings: Pick<Settings, "domain" | "grafana">): readonly string[] =>
  isGrafanaPublic(settings) ? [grafanaDomain(settings)] : [];

type Reached = Pick<Settings, "environment" | "target">;

/** The host of that port: the near end of a tunnel is on localhost, and a development's own loopback where it says. */
export const openedHost = ({ environment, target }: Reached): string =>
  environment === "development" && target.loopback ? target.loopbackHost : "localhost";

/** URL of a port there, without a slash at the end. */
export const openedAt = (settings: Reached, port: number): string => `http://${inUrl(openedHost(settings))}:${port}`;

/** A host as URLs have it: IPv6 in brackets. */
const inUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host);

/**
 * Where customers find the application, without a slash at the end. Where the site has no name, its certificate is one
 * that no browser knows.
 */
export const applicationUrl = ({ domain, target }: Pick<Settings, "domain" | "target">): string =>
  domain === "localhost" ? `http://${inUrl(target.publicHost)}` : `https://${domain}`;

/**
 * Address that links of messages lead to, without a slash at the end. But for a public Grafana it is found while
 * `./platform open <stack> <member>` runs: nothing of it is open to the outside, so that only who may reach the stack
 * reaches it.
 */
export const openedUrl = (settings: Reached & Pick<Settings, "domain" | "grafana">, member: Opened): string =>
  member === "grafana" && isGrafanaPublic(settings)
    ? `https://${grafanaDomain(settings)}`
    : openedAt(settings, openedPort(settings, member));
