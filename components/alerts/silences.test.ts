import { expect, test } from "vitest";
import { places, withEverything } from "../../tests/config/alerts/places.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { describePlatform } from "../specification.ts";
import type { Silence } from "./settings.ts";
import { type HeldSilence, type PostedSilence, planSilences, settingOf, silenceLabels } from "./silences.ts";

const now = new Date("2026-12-01T08:00:00.000Z");
const move: Silence = {
  reason: "the database moves",
  owner: "database team",
  ends: "2026-12-01T10:00:00.000Z",
  matchers: { category: "database" },
};

/** As Alertmanager holds what was posted. */
const held = (posted: PostedSilence, state: HeldSilence["status"]["state"] = "active", id = "1"): HeldSilence => ({
  ...posted,
  id,
  matchers: posted.matchers.toReversed(),
  status: { state },
});
const [first] = planSilences({ move }, [], now).post;
if (first === undefined) throw new Error("nothing is posted");
const later = new Date("2026-12-01T09:00:00.000Z");

test("a silence is posted once, never silences the heartbeat, and names its setting", () => {
  expect(first).toEqual({
    matchers: [
      { name: "category", value: "database", isRegex: false, isEqual: true },
      { name: "alertname", value: "Watchdog", isRegex: false, isEqual: false },
    ],
    startsAt: now.toISOString(),
    endsAt: move.ends,
    createdBy: "database team",
    comment: "the database moves (alerts.silences.move)",
  });
  expect(settingOf(first)).toBe("move");
  expect(planSilences({ move }, [held(first)], later)).toEqual({ post: [], remove: [] });
});

test("what has changed takes the place of the old one; what nobody says any more is removed; others stay", () => {
  const longer = { ...move, ends: "2026-12-01T11:00:00.000Z" };
  expect(planSilences({ move: longer }, [held(first)], later).post).toEqual([
    { ...first, id: "1", endsAt: longer.ends },
  ]);
  const byHand = { ...held(first), id: "2", comment: "we are at it" };
  expect(planSilences({}, [held(first), byHand], later)).toEqual({ post: [], remove: ["1"] });
  expect(planSilences({}, [held(first, "expired")], later).remove).toEqual([]);
  expect(planSilences({ move }, [held(first, "expired")], later).post).toHaveLength(1);
});

test("one that begins later begins then, and can still be put off", () => {
  const planned = { ...move, starts: "2026-12-01T09:30:00.000Z" };
  const [posted] = planSilences({ move: planned }, [], now).post;
  expect(posted?.startsAt).toBe(planned.starts);
  if (posted === undefined) throw new Error("nothing is posted");
  expect(planSilences({ move: planned }, [held(posted, "pending")], later).post).toEqual([]);
  const putOff = { ...planned, starts: "2026-12-01T09:45:00.000Z" };
  expect(planSilences({ move: putOff }, [held(posted, "pending")], later).post[0]?.startsAt).toBe(putOff.starts);
});

test("the labels that a silence can go by are those that alerts have", () => {
  const labels = places.flatMap(({ stack, target }) =>
    describePlatform(withEverything(settingsOf(stack, target))).alerts.flatMap(({ behaviour }) =>
      behaviour === "always fires"
        ? []
        : [behaviour, ...(behaviour.cases ?? [])]
            .flatMap(({ tells }) => tells)
            .concat(behaviour.withoutData ?? [])
            .flatMap((told) => Object.keys(told.labels ?? {})),
    ),
  );
  const own = ["alertname", "severity", "category", "team"];
  expect([...silenceLabels].sort()).toEqual([...new Set([...own, ...labels])].sort());
});

test("one whose end has come is not posted, and is taken away where it is held", () => {
  const [posted] = planSilences({ move }, [], now).post;
  if (posted === undefined) throw new Error("nothing is posted");
  const after = new Date(move.ends);
  expect(planSilences({ move }, [held(posted)], after)).toEqual({ post: [], remove: ["1"] });
});
