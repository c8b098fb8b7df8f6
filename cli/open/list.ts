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

const nobody = "nobody answers";

/** What to do where a table has something that does not run; undefined where all answers. */
export const missingAdvice = (shown: string, stack: string): string | undefined =>
  shown.includes(nobody)
    ? `where nobody answers nothing runs: ./platform up ${stack} brings it, and names at its end what has no image here; ./platform status says how the rest is`
    : undefined;

/** A row for each: where it is, and whether somebody answers there now, or what opens the way. */
export async function openingsTable(
  openings: readonly Opening[],
  answers: (port: number, host?: string) => Promise<boolean>,
): Promise<string> {
  const rows = openings.map(async ({ name, url, port, host, command }) => {
    if (port === undefined) return [name, url, "public"];
    if (await answers(port, host)) return [name, url, "answers"];
    return [name, url, command ?? nobody];
  });
  return table([["what", "where", "now"], ...(await Promise.all(rows))]);
}
