import { setTimeout as delay } from "node:timers/promises";
import { inhibitorNamesOf } from "../../components/alerts/inhibitions.ts";
import type { AlertName } from "../../components/alerts/names.ts";
import type { Message } from "../../services/alert-sink/messages.ts";
import { drills, roundsOf } from "./catalogue.ts";
import type { Drill } from "./drill.ts";
import type { Journal } from "./journal.ts";
import { judge, type Outcome, type Promised, type Times } from "./judge.ts";
import type { Place } from "./place.ts";

export interface Running {
  readonly place: Place;
  readonly journal: Journal;
  readonly interrupt: AbortSignal;
  say(line: string): void;
}

export type Chosen = readonly (readonly [drill: Drill, promised: Promised])[];

/** Seconds between two looks at the sink. */
const look = 1;
/** Seconds that a fault with inhibited alerts lasts on, so that they would be told if they were not. */
const listening = 25;
/** Seconds for the stack to be calm before a drill. */
const calming = 600;
/** The same before several: for one that does not get calm the others do not wait long; what the round before left is over by then. */
const calmingSeveral = 180;
/** Looks in a row at which a sink on a burdened host may not answer. */
const patience = 20;
/** Beyond the promise, seconds until a drill is given up. */
const grace = 60;

/** Runs all, one round after the other. Each fault is repaired, also where it is interrupted. */
export async function runDrills(chosen: Chosen, running: Running): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const round of roundsOf(chosen.map(([drill]) => drill))) {
    const own = chosen.filter(([drill]) => round.includes(drill));
    outcomes.push(...(await runRound(own, running).catch((error: Error) => given(error, own, running))));
  }
  return outcomes;
}

/** A round that ends in an error takes nothing from the others: what they have shown is not lost. */
function given(error: Error, round: Chosen, { interrupt }: Running): readonly Outcome[] {
  interrupt.throwIfAborted();
  return round.map(([, promised]) => unjudged(promised, Date.now(), `given up: ${error.message}`));
}

/** Repairs what an earlier run left; its names. */
export async function repairLeft({
  place,
  journal,
}: Pick<Running, "place" | "journal">): Promise<readonly AlertName[]> {
  const left = await journal.read();
  for (const drill of drills.filter(({ alert }) => left.includes(alert))) await drill.fault.repair(place);
  await journal.write([]);
  return left;
}

async function runRound(round: Chosen, running: Running): Promise<readonly Outcome[]> {
  const { place, journal, interrupt, say } = running;
  const names = round.map(([{ alert }]) => alert);
  const busy = await notCalm(names, running);
  const ready = round.filter(([{ alert }]) => !busy.has(alert));
  const since = new Date();
  const under = new Map<AlertName, Open>();
  const unset = new Map<AlertName, string>();
  await journal.write(ready.map(([{ alert }]) => alert));
  try {
    for (const [drill, promised] of ready) {
      interrupt.throwIfAborted();
      say(`${drill.alert}: ${drill.fault.what}`);
      const failed = await drill.fault.set(place).catch((error: Error) => error);
      if (failed === undefined) under.set(drill.alert, { drill, promised, set: Date.now(), isMended: false });
      else unset.set(drill.alert, `the fault could not be set: ${failed.message}`);
    }
    await watch(under, since, running);
  } finally {
    await repairAll(under, ready, running);
  }
  const messages = await place.api.messages(since);
  const ended = Date.now();
  const all = new Set(
    round.flatMap(([, { alert, also, inhibited }]) => [alert, ...also, ...(round.length > 1 ? inhibited : [])]),
  );
  return round.map(([{ alert }, promised]) => {
    const open = under.get(alert);
    if (open === undefined) return unjudged(promised, ended, unset.get(alert) ?? firedBefore);
    const times: Times = { set: open.set, ended, ...(open.repaired === undefined ? {} : { repaired: open.repaired }) };
    return judge(promised, times, messages, all);
  });
}

/** A drill that runs. */
interface Open {
  readonly drill: Drill;
  readonly promised: Promised;
  readonly set: number;
  /** When its repair began. */
  repaired?: number;
  isMended: boolean;
}

const firedBefore = "it fired before the fault, or was silenced: nothing can be shown";

const unjudged = (promised: Promised, now: number, problem: string): Outcome => ({
  ...judge(promised, { set: now, ended: now }, []),
  problems: [problem],
});

/** Alerts of the round that fire, or are about to, although nothing is broken; or are silent still for what was broken before. */
async function notCalm(names: readonly AlertName[], { place, interrupt, say }: Running): Promise<ReadonlySet<string>> {
  const end = Date.now() + 1000 * (names.length > 1 ? calmingSeveral : calming);
  let said = false;
  for (;;) {
    const active = await place.api.active();
    const burdens = (name: AlertName) => [name, ...inhibitorNamesOf(name)].filter((each) => active.has(each));
    const busy = names.filter((name) => burdens(name).length > 0);
    if (busy.length === 0 || Date.now() > end) return new Set(busy);
    if (!said) say(`waiting until ${[...new Set(busy.flatMap(burdens))].join(", ")} is over`);
    said = true;
    await delay(1000 * look, undefined, { signal: interrupt });
  }
}

/** Looks at the sink until every drill is told and, repaired, resolved; or has had its time. */
async function watch(under: ReadonlyMap<AlertName, Open>, since: Date, running: Running): Promise<void> {
  const { place, interrupt, say } = running;
  let unheard = 0;
  for (;;) {
    await delay(1000 * look, undefined, { signal: interrupt });
    const messages = await place.api.messages(since).catch((error: Error) => {
      unheard += 1;
      if (unheard > patience) throw error;
      return undefined;
    });
    if (messages === undefined) continue;
    unheard = 0;
    const waiting = [...under.values()].filter((open) => !isOver(open, messages));
    if (waiting.length === 0) return;
    for (const open of waiting) {
      if (open.isMended || !isRepairTime(open, messages)) continue;
      const { told, afterSeconds } = judged(open, messages);
      const after = afterSeconds ?? Object.values(told).at(0);
      if (open.repaired === undefined)
        say(`${open.drill.alert}: ${after === undefined ? "not told in time" : `told after ${after} s`}; repairing`);
      await repair(open, place).catch((error: Error) =>
        say(`${open.drill.alert}: not repaired yet, trying again: ${error.message}`),
      );
    }
  }
}

async function repair(open: Open, place: Place): Promise<void> {
  open.repaired ??= Date.now();
  await open.drill.fault.repair(place);
  open.isMended = true;
}

function judged({ promised, set, repaired }: Open, messages: readonly Message[]): Outcome {
  return judge(promised, { set, ended: Date.now(), ...(repaired === undefined ? {} : { repaired }) }, messages);
}

function isRepairTime(open: Open, messages: readonly Message[]): boolean {
  const { promised, set } = open;
  const waited = (Date.now() - set) / 1000 - promised.onsetSeconds;
  const { afterSeconds } = judged(open, messages);
  const rest = promised.inhibited.length > 0 ? listening : 0;
  return afterSeconds === undefined ? waited > promised.withinSeconds + grace : waited > afterSeconds + rest;
}

function isOver(open: Open, messages: readonly Message[]): boolean {
  const { promised, repaired } = open;
  if (repaired === undefined) return false;
  const { resolved, afterSeconds } = judged(open, messages);
  const isResolved = promised.channels.every((channel) => resolved[channel] !== undefined);
  const waited = (Date.now() - repaired) / 1000;
  return isResolved || afterSeconds === undefined || waited > promised.resolvedWithinSeconds + grace;
}

/** What is not repaired yet, also what was only half set; what fails stays in the journal, and is told. */
async function repairAll(under: ReadonlyMap<AlertName, Open>, round: Chosen, running: Running): Promise<void> {
  const { place, journal, say } = running;
  const left: AlertName[] = [];
  for (const [{ alert, fault }] of round) {
    const open = under.get(alert);
    if (open?.isMended) continue;
    say(`${alert}: repairing`);
    await (open === undefined ? fault.repair(place) : repair(open, place)).catch((error: Error) => {
      left.push(alert);
      say(
        `${alert}: ${fault.what}, and it could not be repaired: ${error.message}; the next ./platform drill tries again`,
      );
    });
  }
  await journal.write(left);
}
