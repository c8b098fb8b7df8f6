import { setTimeout as delay } from "node:timers/promises";
import type { Settings } from "../../components/settings.ts";
import { describePlatform } from "../../components/specification.ts";

/** How often it asks, how long it waits between (a load balancer takes a while to see a new task), and for an answer; milliseconds. */
const usual = { attempts: 6, pause: 5_000, patience: 10_000 };

/**
 * Asks a stack through its gateway, as customers do: the API's health, whose version must be the release's where it says one,
 * and the page. What is wrong; undefined for nothing, and where no gateway is.
 * @param outputs of the stack: they say where it answers.
 */
export async function smokeTest(
  settings: Settings,
  outputs: Readonly<Record<string, unknown>>,
  { attempts, pause, patience } = usual,
): Promise<string | undefined> {
  const members = new Set(describePlatform(settings).application.map(({ name }) => name));
  if (!members.has("gateway")) return undefined;
  const site = siteOf(settings, outputs);
  let problem: string | undefined;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) await delay(pause);
    problem =
      (await ask(`${site}/api/v1/health`, patience, settings.images.version)) ??
      (members.has("frontend") ? await ask(`${site}/`, patience) : undefined);
    if (problem === undefined) return undefined;
  }
  return problem;
}

/** The gateway on a Docker host, else the stack's own address. */
function siteOf({ domain }: Settings, outputs: Readonly<Record<string, unknown>>): string {
  const said = outputs["gateway-http"] ?? outputs.url;
  return typeof said === "string" ? said : `https://${domain}`;
}

async function ask(url: string, patience: number, version?: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(patience) });
    const body = await answer.text();
    if (!answer.ok) return `${url} answers ${answer.status}`;
    const serving = version === undefined ? undefined : versionIn(body);
    return serving === undefined || serving === version
      ? undefined
      : `${url} is answered by ${serving}, not ${version}`;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return `${url} does not answer: ${cause instanceof Error ? cause.message : cause}`;
  }
}

/** What our own backend says in its health; another application may say nothing. */
function versionIn(body: string): string | undefined {
  try {
    const said: unknown = JSON.parse(body);
    const version = typeof said === "object" && said !== null && "version" in said ? said.version : undefined;
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
