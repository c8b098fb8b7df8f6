import fc from "fast-check";
import { expect, test } from "vitest";
import { newestVersion, nextVersion } from "./version.ts";

test.each([
  [undefined, ["feat: first"], "0.1.0"],
  ["1.4.2", ["fix: a"], "1.4.3"],
  ["1.4.2", ["Formatting"], "1.4.3"],
  ["1.4.2", ["fix: a", "feat(backend): b"], "1.5.0"],
  ["1.4.2", ["feat!: b"], "2.0.0"],
  ["1.4.2", ["refactor(api)!: b", "feat: c"], "2.0.0"],
  ["1.4.2", ["fix: a\n\nBREAKING CHANGE: the field is gone"], "2.0.0"],
  ["1.4.2", ["chore: a\n\nno feat: here"], "1.4.3"],
  ["0.4.2", ["feat!: b"], "0.5.0"],
  ["0.4.2", ["fix: b"], "0.4.3"],
])("after %s, with %j: %s", (last, messages, expected) => expect(nextVersion(last, messages)).toBe(expected));

test("the next version is the newest of all", () => {
  const version = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((numbers) => numbers.join("."));
  const message = fc.constantFrom("feat: a", "fix: b", "feat!: c", "words");
  fc.assert(
    fc.property(fc.array(version, { minLength: 1 }), fc.array(message), (versions, messages) => {
      const last = newestVersion(versions) ?? expect.unreachable();
      const next = nextVersion(last, messages);
      expect(newestVersion([...versions, next])).toBe(next);
      expect(versions).not.toContain(next);
    }),
  );
});

test("what is no version is none: 1.10.0 is newer than 1.9.0", () => {
  expect(newestVersion(["1.9.0", "1.10.0", "2.0.0-rc.1", "next"])).toBe("1.10.0");
  expect(newestVersion([])).toBeUndefined();
});
