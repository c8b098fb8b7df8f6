import { expect, test } from "vitest";
import { requireMoment } from "./request.ts";

test.each(["2026-11-25T21:30:00Z", "2026-11-25T21:30Z", "2026-11-25T21:30:00.123Z", "2026-11-25T22:30:00+01:00"])(
  "a moment with its zone is taken: %s",
  (at) => {
    expect(() => requireMoment(at)).not.toThrow();
  },
);

test.each([
  ["without a zone", "2026-11-25T21:30:00"],
  ["a day alone", "2026-11-25"],
  ["as people say it", "yesterday"],
  ["no day of a calendar", "2026-13-45T21:30:00Z"],
  ["more than a time", "2026-11-25T21:30:00Z; rm -r ."],
  ["nothing", ""],
])("%s is refused, with what is allowed", (_, at) => {
  expect(() => requireMoment(at)).toThrow(`--at is "${at}"; it must be a time in ISO 8601 with its zone, as 2026-`);
});
