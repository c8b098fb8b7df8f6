import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { days, formatDuration, minutes, parseDuration, seconds } from "./duration.ts";

describe("Duration", () => {
  test("is written in the form that Prometheus reads", () => {
    expect(formatDuration(seconds(90))).toBe("1m30s");
    expect(formatDuration(days(15))).toBe("15d");
    expect(formatDuration(seconds(0.25))).toBe("250ms");
    expect(formatDuration(seconds(0))).toBe("0s");
  });

  test("is read back as it was written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), (milliseconds) => {
        const duration = seconds(milliseconds / 1000);
        expect(parseDuration(formatDuration(duration)).seconds).toBeCloseTo(duration.seconds, 6);
      }),
    );
  });

  test.each(["", "5", "5 s", "-1s", "1w", "s", "1s2"])("refuses %j and says how to write it", (text) => {
    expect(() => parseDuration(text)).toThrow(/write it as 30s, 1m30s/);
  });

  test("refuses a negative length", () => {
    expect(() => minutes(-1)).toThrow(/not a length of time/);
  });
});
