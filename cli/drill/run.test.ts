import { expect, test } from "vitest";
import { describePlatform } from "../../components/specification.ts";
import type { Message } from "../../services/alert-sink/messages.ts";
import { readStackFile } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { root } from "../root.ts";
import { drills } from "./catalogue.ts";
import type { Drill, Fault } from "./drill.ts";
import { promisedBy } from "./judge.ts";
import type { Place } from "./place.ts";
import { type Chosen, runDrills } from "./run.ts";

const settings = readSettings(readStackFile(root, "dev"));
const { alerts } = describePlatform(settings);

/** A drill of a warning, with another fault. */
function drillOf(alert: Drill["alert"], fault: Omit<Fault, "what">): Chosen[number] {
  const known = drills.find((drill) => drill.alert === alert) ?? expect.unreachable(alert);
  const { onset: _, ...drill } = { ...known, fault: { what: "a fault", ...fault } };
  return [drill, promisedBy(drill, settings, alerts) ?? expect.unreachable(alert)];
}

/** A stack that tells of an alert while its fault is there, and of its end after that. */
function stack(isSilenced = () => false) {
  const broken = new Set<string>();
  const messages: Message[] = [];
  const tell = (alert: string, state: "firing" | "resolved") => {
    for (const channel of ["slack", "email", "webhook"] as const) {
      // Only what came after the fault, and after its repair, is judged.
      const at = new Date(Date.now() + 1).toISOString();
      messages.push({ channel, at, status: 200, title: "", firing: [], resolved: [], [state]: [alert] });
    }
  };
  const api = {
    backend: () => expect.unreachable(),
    faults: () => expect.unreachable(),
    messages: async () => messages.filter(({ at }) => Date.parse(at) < Date.now()),
    active: async () => new Map(isSilenced() ? [["RedisDownInhibitor", "firing"] as const] : []),
  };
  const unused = () => expect.unreachable();
  const place: Place = {
    settings,
    api,
    helpers: { start: unused, run: unused, remove: unused },
    ...{ stop: unused, start: unused, restart: unused, run: unused, leave: unused },
    ...{ keepDoing: unused, callOff: unused, close: unused },
  };
  const breaks = (alert: string, change: Partial<Fault> = {}): Omit<Fault, "what"> => ({
    set: async () => {
      broken.add(alert);
      setTimeout(() => tell(alert, "firing"), 50);
    },
    repair: async () => {
      if (broken.delete(alert)) tell(alert, "resolved");
    },
    ...change,
  });
  return { place, broken, breaks };
}

async function run(chosen: Chosen, place: Place, interrupt = new AbortController().signal) {
  const journal: (readonly string[])[] = [];
  const said: string[] = [];
  const outcomes = await runDrills(chosen, {
    place,
    journal: { read: async () => [], write: async (faults) => void journal.push(faults) },
    interrupt,
    say: (line) => said.push(line),
  }).catch((error: Error) => error);
  return { outcomes: outcomes instanceof Error ? [] : outcomes, journal, said };
}

test("a repair that fails is tried again, and takes nothing from the drill or from its neighbour", async () => {
  const { place, broken, breaks } = stack();
  let failures = 2;
  const stubborn = breaks("HighRedisMemory");
  const chosen = [
    drillOf("HighRedisMemory", {
      ...stubborn,
      repair: async (where) => {
        if (failures-- > 0) throw new Error("it will not go");
        await stubborn.repair(where);
      },
    }),
    drillOf("HighDatabaseConnections", breaks("HighDatabaseConnections")),
  ];
  const { outcomes, journal, said } = await run(chosen, place);
  expect(said.filter((line) => /not repaired yet, trying again: it will not go/.test(line))).toHaveLength(2);
  expect(outcomes.map(({ alert, told, resolved }) => [alert, "slack" in told, "slack" in resolved])).toEqual([
    ["HighRedisMemory", true, true],
    ["HighDatabaseConnections", true, true],
  ]);
  expect([...broken]).toEqual([]);
  expect(journal).toEqual([["HighRedisMemory", "HighDatabaseConnections"], []]);
});

test("a fault that cannot be set is said, repaired all the same, and the others go on", async () => {
  const { place, broken, breaks } = stack();
  broken.add("HighRedisMemory");
  const refuse = { set: () => Promise.reject(new Error("no room")) };
  const chosen = [
    drillOf("HighRedisMemory", breaks("HighRedisMemory", refuse)),
    drillOf("HighDatabaseConnections", breaks("HighDatabaseConnections")),
  ];
  const { outcomes, journal } = await run(chosen, place);
  expect(outcomes[0]?.problems).toEqual(["the fault could not be set: no room"]);
  expect(outcomes[1]?.told).toHaveProperty("slack");
  expect([...broken]).toEqual([]);
  expect(journal.at(-1)).toEqual([]);
});

test("what cannot be repaired when all is over stays in the journal", async () => {
  const { place, breaks } = stack();
  const refuse = {
    set: () => Promise.reject(new Error("x")),
    repair: () => Promise.reject(new Error("it will not go")),
  };
  const { journal, said } = await run([drillOf("HighRedisMemory", breaks("HighRedisMemory", refuse))], place);
  expect(journal.at(-1)).toEqual(["HighRedisMemory"]);
  expect(said.at(-1)).toContain("could not be repaired: it will not go; the next ./platform drill tries again");
});

test("a drill waits until nothing of the one before silences its alert", async () => {
  let looks = 0;
  const { place, breaks } = stack(() => looks++ < 2);
  const { outcomes, said } = await run([drillOf("HighRedisMemory", breaks("HighRedisMemory"))], place);
  expect(said[0]).toBe("waiting until RedisDownInhibitor is over");
  expect(looks).toBe(3);
  expect(outcomes[0]?.told).toHaveProperty("slack");
});
