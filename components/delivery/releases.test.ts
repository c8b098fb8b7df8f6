import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  contractingSteps,
  migratedTo,
  previousRelease,
  type Release,
  type Releases,
  ranBefore,
  withRelease,
} from "./releases.ts";

const release = (version: string, migration = 0): Release => ({
  version,
  images: {},
  migration,
  since: "2026-11-26T08:00:00.000Z",
  by: "anna",
});
/** A record of these versions, newest first. */
const record = (...versions: readonly string[]): Releases => versions.map((version) => release(version));

describe("the release before the one that runs", () => {
  test.each([
    [[], undefined],
    [["a"], undefined],
    [["b", "a"], "a"],
    [["a", "b", "a"], undefined],
    [["b", "c", "b", "a"], "a"],
    [["c", "b", "b", "a"], "b"],
    [["b", "b", "a"], "a"],
  ])("of %j is %s", (versions, expected) => expect(previousRelease(record(...versions))?.version).toBe(expected));

  test("each rollback goes further back, until nothing is left", () => {
    const names = fc.uniqueArray(fc.constantFrom(..."abcdefgh"), { minLength: 1 });
    fc.assert(
      fc.property(names, (versions) => {
        let releases: Releases = record(...versions);
        for (const expected of versions.slice(1)) {
          const previous = previousRelease(releases) ?? expect.unreachable();
          expect(previous.version).toBe(expected);
          releases = withRelease(releases, previous, 100);
        }
        expect(previousRelease(releases)).toBeUndefined();
      }),
    );
  });
});

test("what ran before is the same where the record says already what runs, as when the marks alone failed", () => {
  const [old, now] = [release("a"), { ...release("b"), images: { backend: "sha256:2" } }];
  expect(ranBefore([old], now)).toBe(old);
  expect(ranBefore([now, old], now)).toBe(old);
  expect(ranBefore([now], now)).toBeUndefined();
  const moved = { ...now, images: { backend: "sha256:1" } };
  expect(ranBefore([moved, old], now)).toBe(moved);
});

test("any deploys: the newest versions are on record, as many as are kept, the running one first", () => {
  const deploys = fc.array(fc.constantFrom(..."abcdef"), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(deploys, fc.integer({ min: 2, max: 5 }), (versions, keep) => {
      const releases = versions.reduce<Releases>((all, version) => withRelease(all, release(version), keep), []);
      const newestFirst = [...new Set(versions.toReversed())];
      expect(releases[0]?.version).toBe(versions.at(-1));
      expect([...new Set(releases.map(({ version }) => version))]).toEqual(newestFirst.slice(0, keep));
    }),
  );
});

describe("migrations that a release cannot run on", () => {
  const steps = [
    { version: 1, name: "users", safeSince: 1 },
    { version: 2, name: "more", safeSince: 1 },
    { version: 3, name: "contract", safeSince: 3 },
    { version: 4, name: "more still", safeSince: 3 },
  ];
  test.each([
    { migration: 4, taken: 4, obstacles: [] },
    { migration: 1, taken: 2, obstacles: [] },
    { migration: 3, taken: 4, obstacles: [] },
    { migration: 2, taken: 4, obstacles: ["contract", "more still"] },
    { migration: 2, taken: 2, obstacles: [] },
    { migration: 0, taken: 1, obstacles: ["users"] },
  ])("one with $migration, where the database has $taken: $obstacles", ({ migration, taken, obstacles }) =>
    expect(contractingSteps(steps, taken, { migration }).map(({ name }) => name)).toEqual(obstacles),
  );

  test("going back takes no migration away", () => {
    expect(migratedTo([release("a", 2), release("b", 4), release("a", 2)])).toBe(4);
    expect(migratedTo([])).toBe(0);
  });
});
