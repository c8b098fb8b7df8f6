import { expect, test } from "vitest";
import { Cancellation, poll } from "../../cancellation.ts";
import { inspected } from "./testing.ts";
import { isSick, stateOf, verdictOn } from "./waiting.ts";

const checked = { image: "a", healthcheck: { tests: ["CMD", "true"] } };
const health = (Status: string) => ({ Health: { Status, FailingStreak: 0, Log: [] } });

test("healthy is healthy, and what runs can still become it", () => {
  expect(verdictOn(inspected(checked, health("healthy")))).toBe("healthy");
  expect(verdictOn(inspected(checked, health("unhealthy")))).toBeUndefined();
  expect(verdictOn(inspected(checked, { Running: false, Restarting: true }))).toBeUndefined();
});

test("what has ended, or is never asked, will not become healthy", () => {
  const ended = { Running: false, Status: "exited", ExitCode: 137, OOMKilled: true, ...health("starting") };
  expect(verdictOn(inspected(checked, ended))).toBe("it ended with exit code 137, it was ended for want of memory");
  expect(verdictOn(inspected({ image: "a" }))).toMatch(/neither the container nor its image has a health check/);
});

test("sick is what fails its check or starts again and again, not what starts or has ended", () => {
  expect(isSick(inspected(checked, health("unhealthy")))).toBe(true);
  expect(isSick({ ...inspected(checked, { Running: false, Restarting: true }), RestartCount: 2 })).toBe(true);
  for (const status of ["healthy", "starting"]) expect(isSick(inspected(checked, health(status)))).toBe(false);
  expect(isSick(inspected(checked, { Running: false, Status: "exited", ...health("unhealthy") }))).toBe(false);
});

test("a state is told with what happened before", () => {
  const restarted = { ...inspected(checked, { ExitCode: 3, ...health("starting") }), RestartCount: 2 };
  expect(stateOf(restarted)).toBe("starting, restarted 2 times, last exit code 3");
  expect(stateOf(inspected(checked, { Running: false, Status: "created", Error: "no such file" }))).toBe(
    "it was never started, no such file",
  );
});

test("an interruption ends what waits, and nothing that comes later", async () => {
  const cancellation = new Cancellation();
  const waiting = cancellation.run((signal) => poll(async () => undefined, 60_000, signal));
  cancellation.cancel();
  await expect(waiting).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  expect(await cancellation.run((signal) => poll(async () => "there", 60_000, signal))).toBe("there");
});

test("what does not come in time is no answer", async () => {
  expect(await poll(async () => undefined, 0, new AbortController().signal)).toBeUndefined();
});
