import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { worstDelay } from "../../components/alerts/delay.ts";
import type { Settings } from "../../components/settings.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { SettingsError } from "../../stacks/error.ts";
import { readStackFile, stacksIn } from "../../stacks/files.ts";
import { nearest } from "../../stacks/nearest.ts";
import { readSettings } from "../../stacks/read.ts";
import { UserError } from "../console/error.ts";
import { namedDaemon, openDaemon } from "../docker/connection.ts";
import { developerHome } from "../engine/developer/home.ts";
import { interrupted } from "../engine/interrupt.ts";
import { developersStack } from "../engine/live.ts";
import { locked } from "../setup/lock.ts";
import { drills } from "./catalogue.ts";
import { journalOf } from "./journal.ts";
import { type Outcome, promisedBy } from "./judge.ts";
import { openPlace } from "./place.ts";
import type { Elsewhere } from "./report.ts";
import { type Chosen, repairLeft, runDrills } from "./run.ts";

/** What is asked of a call. */
export interface Session {
  readonly checkout: string;
  readonly stack: string;
  /** Names of alerts; none for all. */
  readonly alerts: readonly string[];
  readonly interrupt: AbortSignal;
  say(line: string): void;
  /** Asked before the first fault. */
  confirm(): Promise<boolean>;
}

/** Repairs what an earlier call left, then runs the drills. Throws a UserError for a stack that must not be broken. */
export async function drillSession(session: Session): Promise<readonly Outcome[]> {
  const { checkout, stack, interrupt, say, confirm } = session;
  const source = readStackFile(checkout, stack);
  const settings = readSettings(source);
  requireDrills(settings);
  const platform = describePlatform(settings);
  const chosen = choose(session.alerts).map((drill) => [drill, promisedBy(drill, settings, platform.alerts)] as const);
  const { docker } = await openDaemon(namedDaemon(source));
  const workloads = membersOf(platform).filter(isWorkload);
  const { directory } = developerHome();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return locked(
    join(directory, `drills-${stack}.lock`),
    async () => {
      const place = await openPlace({ docker, stack, settings, workloads });
      const running = { place, journal: journalOf(directory, stack), interrupt, say };
      try {
        const left = await repairLeft(running);
        if (left.length > 0) say(`repaired what an earlier drill left: ${left.join(", ")}`);
        if (!(await confirm())) return [];
        return await runDrills(
          chosen.flatMap(([drill, promised]): Chosen => (promised === undefined ? [] : [[drill, promised]])),
          running,
        );
      } catch (error) {
        if (interrupt.aborted) throw interrupted();
        throw error;
      } finally {
        place.close();
      }
    },
    interrupt,
  );
}

/** Everything that is in the way at once, and no setting named that would be refused. */
function requireDrills({ stack, environment, drills: allowed, target, backend }: Settings): void {
  const isDevelopment = environment === "development";
  const problems = [
    ...(isDevelopment ? [] : [`${stack} is ${environment}: drills break stacks of development only`]),
    ...(target.name === "docker"
      ? []
      : [`${stack} runs on ${target.name}: drills break containers of a Docker daemon`]),
    ...(isDevelopment && stack !== developersStack && !allowed
      ? [`${stack} is not broken for a drill; where nobody minds, say trading-platform:drills: true`]
      : []),
    ...(isDevelopment && !backend.faults
      ? [`${stack}: trading-platform:backend.faults must be true, and the stack be up with it`]
      : []),
  ];
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}

function choose(alerts: readonly string[]) {
  const names = drills.map(({ alert }) => alert);
  const strange = alerts.filter((name) => !names.some((known) => known === name));
  if (strange.length > 0) {
    const lines = strange.map((name) => {
      const meant = nearest(name, names);
      return `there is no drill of "${name}"; ${meant === undefined ? `there are ${names.join(", ")}` : `did you mean ${meant}?`}`;
    });
    throw new UserError(lines.join("\n"), 2);
  }
  return drills.filter(({ alert }) => alerts.length === 0 || alerts.includes(alert));
}

/** Makes the folder of a report. Throws a UserError where nothing can be written into it: before the drills, which take half an hour. */
export async function requireFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UserError(
      `--report is "${folder}"; it must be a folder that you can write to, or make (${error instanceof Error ? error.message : error})`,
    );
  }
}

/**
 * Where production promises something else than the stack, in seconds by alert. A mistake in its settings is said: what
 * the drills have shown is told all the same.
 */
export function promisedInProd(checkout: string, outcomes: readonly Outcome[], say: (line: string) => void): Elsewhere {
  if (!stacksIn(checkout).includes("prod")) return new Map();
  const settings = settingsOfProd(checkout, say);
  if (settings === undefined) return new Map();
  return new Map(
    describePlatform(settings)
      .alerts.map((alert) => [alert.name, worstDelay(alert, settings).seconds] as const)
      .filter(([name, seconds]) => outcomes.some((each) => each.alert === name && each.withinSeconds !== seconds)),
  );
}

function settingsOfProd(checkout: string, say: (line: string) => void): Settings | undefined {
  try {
    return readSettings(readStackFile(checkout, "prod"));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    say(`what prod promises is not shown: ${error.message}`);
    return undefined;
  }
}
