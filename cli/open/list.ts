import {
  applicationUrl,
  isGrafanaPublic,
  openedAt,
  openedHost,
  openedMembers,
  openedPort,
  openedUrl,
} from "../../components/access.ts";
import { sinkName, sinkPorts } from "../../components/alerts/sink.ts";
import type { Settings } from "../../components/settings.ts";
import { describePlatform, membersOf } from "../../components/specification.ts";
import { table } from "../console/table.ts";

/** Something to look at in a browser, or to ask. */
export interface Opening {
  readonly name: string;
  readonly url: string;
  /** Of this host, where it must answer for that; undefined where it is public. */
  readonly port?: number;
  /** Of this host too; default: localhost. */
  readonly host?: string;
  /** What opens the way; undefined where none has to be opened. */
  readonly command?: string;
}

/** All that there is to open of a stack, the application first. */
export function openingsOf(settings: Settings): readonly Opening[] {
  const { stack, domain, target } = settings;
  const names = membersOf(describePlatform(settings)).map(({ name }) => name);
  const onThisHost = { port: domain === "localhost" ? 80 : 443, host: target.publicHost };
  const application = { name: "application", url: applicationUrl(settings), ...(target.loopback ? onThisHost : {}) };
  const host = openedHost(settings);
  const sink = { name: sinkName, url: openedAt(settings, sinkPorts.http), port: sinkPorts.http, host };
  return [
    ...(names.includes("gateway") ? [application] : []),
    ...openedMembers
      .filter((name) => names.includes(name))
      .map((name): Opening => {
        const url = openedUrl(settings, name);
        if (name === "grafana" && isGrafanaPublic(settings)) return { name, url };
        const found = { name, url, port: openedPort(settings, name), host };
        return isPlain(settings) ? found : { ...found, command: `./platform open ${stack} ${name}` };
      }),
    ...(names.includes(sinkName) ? [sink] : []),
  ];
}

/** A developer's own host, where everything answers as it is. */
const isPlain = ({ environment, target }: Settings): boolean => environment === "development" && target.loopback;

/** Something to open, and how it is now. */
export interface Seen extends Opening {
  readonly now: "public" | "answers" | "closed" | "missing";
}

/** Asks whether somebody answers at each. */
export const seen = (
  openings: readonly Opening[],
  answers: (port: number, host?: string) => Promise<boolean>,
): Promise<readonly Seen[]> =>
  Promise.all(
    openings.map(async (opening) => {
      if (opening.port === undefined) return { ...opening, now: "public" };
      if (await answers(opening.port, opening.host)) return { ...opening, now: "answers" };
      return { ...opening, now: opening.command === undefined ? "missing" : "closed" };
    }),
  );

/** What to do where something does not run; undefined where all answers. */
export const missingAdvice = (found: readonly Seen[], stack: string): string | undefined =>
  found.some(({ now }) => now === "missing")
    ? `where nobody answers nothing runs: ./platform up ${stack} brings it, and names at its end what has no image here; ./platform status ${stack} says how the rest is`
    : undefined;

/** A row for each: where it is, and whether somebody answers there now, or what opens the way. */
export const openingsTable = (found: readonly Seen[]): string =>
  table([
    ["what", "where", "now"],
    ...found.map(({ name, url, now, command = "" }) => [
      name,
      url,
      { public: "public", answers: "answers", closed: command, missing: "nobody answers" }[now],
    ]),
  ]);
