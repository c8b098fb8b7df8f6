import fc from "fast-check";
import { expect, test } from "vitest";
import { chosen, requireReadable, requireUnbroken } from "./choose.ts";
import { dueAt, isNeeded, needed, unproven } from "./retention.ts";

const day = 86_400_000;
const backup = (finished: number, number = finished) => ({
  cluster: "1",
  id: `b${finished}`,
  startedAt: new Date(finished - 1000).toISOString(),
  finishedAt: new Date(finished).toISOString(),
  serverVersion: "17.6",
  startSegment: `00000001${number.toString(16).toUpperCase().padStart(16, "0")}`,
  sizeBytes: 1,
});

const times = fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 30 });

test("every time of the retention that had a way back has it still, and no more than one older backup stays", () => {
  fc.assert(
    fc.property(
      times,
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 0, max: 100 }),
      (hours, retention, later) => {
        const all = hours.sort((a, b) => a - b).map((hour) => backup(hour * 3_600_000, hour));
        const now = (Math.max(...hours) + later) * 3_600_000;
        const kept = needed(all, retention * 3_600, now);
        const from = now - retention * 3_600_000;
        for (let at = Math.max(from, Date.parse(all[0]?.finishedAt ?? "")); at <= now; at += 3_600_000) {
          const start = chosen(all, at, now);
          expect(chosen(kept, at, now)).toBe(start);
          // With every segment of the log from its own on.
          for (const later of all.filter(({ startSegment }) => startSegment >= start.startSegment))
            expect(isNeeded(later.startSegment, "1", kept)).toBe(true);
        }
        expect(kept.filter(({ finishedAt }) => Date.parse(finishedAt) <= from).length).toBeLessThanOrEqual(1);
        expect(kept.length).toBeGreaterThan(0);
      },
    ),
  );
});

test("the log before the first kept backup goes, on whatever timeline; another cluster's does not count; histories stay", () => {
  const kept = [backup(10 * day, 16)];
  expect(isNeeded("00000001000000000000000F", "1", kept)).toBe(false);
  expect(isNeeded("00000002000000000000000F", "1", kept)).toBe(false);
  expect(isNeeded("000000020000000000000010.partial", "1", kept)).toBe(true);
  expect(isNeeded("000000010000000000000010", "2", kept)).toBe(false);
  expect(isNeeded("00000002.history", "1", kept)).toBe(true);
});

test("a backup is due at once where there is none or the log has a gap since, else an interval after the last one's start", () => {
  expect(dueAt([], 60, 5)).toBe(0);
  expect(dueAt([backup(11_000)], 60, 10_500)).toBe(0);
  expect(dueAt([backup(11_000)], 60, 9_000)).toBe(70_000);
});

test("the newest backup is proven until it is, or the next one is due", () => {
  const [old, last] = [backup(10_000), backup(20_000)];
  const proven = { ...last, provenAt: last.finishedAt };
  const judge = (backups: readonly (typeof old & { provenAt?: string })[], now = 30_000, since = 0) =>
    unproven(backups, 60, since, now);
  expect(judge([old, last])).toBe(last);
  expect(judge([old, proven])).toBeUndefined();
  expect(judge([old, last], 79_000)).toBeUndefined();
  expect(judge([old, last], 30_000, 25_000)).toBeUndefined();
  expect(judge([])).toBeUndefined();
});

test("an empty archive is told as what it is", () => {
  expect(() => chosen([])).toThrow("there is no backup yet");
});

test("where the log began anew after the backup, only times before that are reached", () => {
  const since = 20 * day;
  const judge = (finished: number, at?: number) => () => requireUnbroken(backup(finished), since, at);
  expect(judge(10 * day)).toThrow(
    /since 1970-01-21T00:00:00.000Z, when the log began anew .* b864000000: wait for the next one/,
  );
  expect(judge(10 * day, 21 * day)).toThrow("there is no backup yet");
  expect(judge(10 * day, 19 * day)).not.toThrow();
  expect(judge(21 * day)).not.toThrow();
});

test.each([
  ["17.6", "17.2", undefined],
  ["18.0", "17.2", /of PostgreSQL 18\.0, and this is 17\.2.*: restore it with that version \(/],
  ["16.9", "17.2", /restore it with that version, then upgrade/],
])("a backup of %s is read by %s: %s", (theirs, own, refusal) => {
  const judge = () => requireReadable({ ...backup(day), serverVersion: theirs }, own);
  if (refusal === undefined) judge();
  else expect(judge).toThrow(refusal);
});
