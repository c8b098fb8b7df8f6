import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alwaysSucceeds, stepsOf } from "./shell.ts";

const succeeds = (line: string, stopsAtFailure = false): boolean | undefined => {
  const steps = stepsOf(line);
  return steps === undefined ? undefined : alwaysSucceeds(steps, { stopsAtFailure });
};

describe("a line that always succeeds", () => {
  test.each([
    "true",
    "/bin/true",
    ":",
    "exit 0",
    "echo ok",
    "check || true",
    "check || exit 0",
    "check || echo 'down; really'",
    "check; exit 0",
    "check; echo done",
    "check > /dev/null 2>&1 || :",
    "check | sleep 1",
    "true && echo ok",
    "check\ntrue",
  ])("%s", (line) => expect(succeeds(line)).toBe(true));
});

describe("a line that can fail", () => {
  test.each([
    "check",
    "check || exit 1",
    "check || exit 1; echo ok",
    "echo start && check",
    "true | grep -q ok",
    "check || false",
    "echo '|| true' | check",
    'check "; true"',
    "exit 1",
    "check || exit",
    "env PGCONNECT_TIMEOUT=2 pg_isready",
  ])("%s", (line) => expect(succeeds(line)).toBe(false));

  test("a failure ends the line where the shell is told so", () => {
    expect(succeeds("check; echo done", true)).toBe(false);
    expect(succeeds("check || true; echo done", true)).toBe(true);
  });
});

test.each(["if check; then true; fi", "(check)", "$(check) || true", "! check", "`check`; true(1)"])(
  "nothing is said of %s, which is more than a list",
  (line) => expect(succeeds(line)).toBeUndefined(),
);

test("law: with `|| true` at its end every list always succeeds, and in front of `&& check` it never does", () => {
  const command = fc.constantFrom("check", "wget -q http://localhost/", "true", "echo ok", "false");
  const joint = fc.constantFrom(" && ", " || ", "; ", " | ");
  fc.assert(
    fc.property(fc.array(fc.tuple(command, joint), { maxLength: 5 }), command, (front, last) => {
      const line = `${front.map((pair) => pair.join("")).join("")}${last}`;
      expect(succeeds(`${line} || true`)).toBe(true);
      expect(succeeds(`${line} && check`)).toBe(false);
    }),
  );
});
