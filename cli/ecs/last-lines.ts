import { readStackFile } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { say } from "../console/progress.ts";
import type { StackOf } from "../engine/stacks.ts";
import { linesSince } from "../logs/loki.ts";
import { withoutLoki } from "../logs/print.ts";
import { queryOf } from "../logs/request.ts";
import { openWay } from "../open/tunnel.ts";

/** How far back a failed rollout may have written: its deadline and a little. */
const sinceSeconds = 1800;
const linesShown = 10;

/**
 * The last lines of services, from Loki, over the way that `./platform open` takes: on ECS nothing else keeps what a
 * stopped container has written. Where there is no way, the reason in their place.
 */
export async function lastLines({ project, stack }: StackOf, services: readonly string[]): Promise<readonly string[]> {
  if (services.length === 0) return [];
  const settings = readSettings(readStackFile(project.directory, stack));
  const reason = withoutLoki(settings);
  if (reason !== undefined) return [nothing(services, reason)];
  say(`${stack}: asking Loki for the last lines of ${services.join(", ")} …`);
  try {
    const way = await openWay(settings, "loki");
    try {
      return (await Promise.all(services.map((service) => linesOf(way.url, stack, service)))).flat();
    } finally {
      await way.close();
    }
  } catch (error) {
    return [nothing(services, error instanceof Error ? error.message : String(error))];
  }
}

/** What Loki has of one service. */
export async function linesOf(url: string, stack: string, service: string): Promise<readonly string[]> {
  const written: string[] = [];
  for await (const page of linesSince({ url, query: queryOf(stack, { component: service }) }, sinceSeconds)) {
    written.push(...page.map(({ text }) => text));
  }
  if (written.length === 0) return [`${service}: Loki has no line of it from the last ${sinceSeconds / 60} minutes`];
  return [`last lines of ${service}:`, ...written.slice(-linesShown).map((line) => `  | ${line.trimEnd()}`)];
}

const nothing = (services: readonly string[], reason: string): string =>
  `the last lines of ${services.join(", ")} are not to be had from here: ${reason}`;
