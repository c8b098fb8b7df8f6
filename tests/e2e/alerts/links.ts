import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../cli/root.ts";
import { openedUrl } from "../../../components/access.ts";
import { alertNames } from "../../../components/alerts/names.ts";
import type { Settings } from "../../../components/settings.ts";
import { describePlatform, membersOf } from "../../../components/specification.ts";
import { type Inbox, taken } from "../../../services/alert-sink/received.ts";
import { dashboardsOf, panelAt } from "../../config/dashboards/written.ts";
import { at } from "../../support/json.ts";

/** Every link of the messages that came, each once. */
export function linksIn(inbox: Inbox): readonly string[] {
  const slack = taken(inbox.slack).flatMap(({ attachments = [] }) =>
    attachments.flatMap(({ title_link, text }) => [
      title_link ?? "without a title link",
      ...[...text.matchAll(/<([^|>]+)\|[^>]+>/g)].map(([, url]) => url ?? ""),
    ]),
  );
  const pagerduty = taken(inbox.pagerduty).flatMap(({ links = [], client_url }) => [
    ...links.map(({ href }) => href),
    ...(client_url === undefined ? [] : [client_url]),
  ]);
  const email = taken(inbox.email).flatMap(({ html, text }) => [
    ...[...html.matchAll(/href="([^"]*)"/g)].map(([, url]) => (url ?? "").replaceAll("&amp;", "&")),
    ...[...text.matchAll(/^(?:Runbook|Dashboard|Query|Logs|Silence|All of it): (\S+)$/gm)].map(([, url]) => url ?? ""),
  ]);
  return [...new Set([...slack, ...pagerduty, ...email])];
}

/** What is wrong with a link; undefined for one that leads where it says. */
export function followed(link: string, settings: Settings): string | undefined {
  const where = places.find(({ starts }) => link.startsWith(starts(settings)));
  if (where === undefined) return `${link}: leads nowhere that we know`;
  const wrong = where.wrong(link.slice(where.starts(settings).length), settings);
  return wrong === undefined ? undefined : `${link}: ${wrong}`;
}

interface Place {
  starts(settings: Settings): string;
  /** What is wrong with the rest of the address. */
  wrong(rest: string, settings: Settings): string | undefined;
}

const places: readonly Place[] = [
  {
    starts: ({ alerts }) => `${alerts.runbookUrl}/`,
    wrong: (rest) => (existsSync(join(root, "docs", "runbooks", rest)) ? undefined : "there is no such runbook"),
  },
  {
    starts: (settings) => `${openedUrl(settings, "grafana")}/d/`,
    wrong: (rest, settings) =>
      panelAt(dashboardsOf(describePlatform(settings)), `${openedUrl(settings, "grafana")}/d/${rest}`) === undefined
        ? "there is no such panel"
        : undefined,
  },
  {
    starts: (settings) => `${openedUrl(settings, "grafana")}/explore?`,
    wrong: (rest, settings) => {
      const panes: unknown = JSON.parse(new URLSearchParams(rest).get("panes") ?? "{}");
      const query = String(at(panes, "logs", "queries", 0, "expr"));
      const [, stack, service] = /^\{stack="([^"]+)",service="([^"]+)"\}$/.exec(query) ?? [];
      return stack === settings.stack && isMember(service, settings) ? undefined : `asks for ${query}`;
    },
  },
  {
    starts: (settings) => `${openedUrl(settings, "prometheus")}/graph?`,
    wrong: (rest, settings) => {
      const asked = new URLSearchParams(rest).get("g0.expr");
      return describePlatform(settings).alerts.some(({ expression }) => expression === asked)
        ? undefined
        : `asks for ${asked}`;
    },
  },
  {
    starts: (settings) => `${openedUrl(settings, "alertmanager")}/#/silences/new?filter=`,
    wrong: (rest, settings) => {
      const [, name, environment, service] =
        /^\{alertname="(\w+)",environment="(\w+)",service="([^"]+)"\}$/.exec(decodeURIComponent(rest)) ?? [];
      const isRight = alertNames.some((known) => known === name) && environment === settings.environment;
      return isRight && isMember(service, settings) ? undefined : "silences something else";
    },
  },
  {
    starts: (settings) => `${openedUrl(settings, "alertmanager")}/#/alerts?filter=`,
    wrong: (rest, settings) => {
      const [, environment, service] =
        /^\{environment="(\w+)",service="([^"]+)"\}$/.exec(decodeURIComponent(rest)) ?? [];
      return environment === settings.environment && isMember(service, settings) ? undefined : "shows something else";
    },
  },
];

const isMember = (service: string | undefined, settings: Settings): boolean =>
  membersOf(describePlatform(settings)).some(({ name }) => name === service);
