import { describe, expect, test } from "vitest";
import { newestOf, type StoppedTask, told } from "./account.ts";
import { type Deployment, judge } from "./verdict.ts";

const asked = "arn:aws:ecs:eu-central-1:111122223333:task-definition/backend:8";
const earlier = "arn:aws:ecs:eu-central-1:111122223333:task-definition/backend:7";

describe("the verdict on a service", () => {
  const primary = (taskDefinition: string, rolloutState?: string): readonly Deployment[] => [
    { status: "ACTIVE", taskDefinition: earlier, rolloutState: "COMPLETED" },
    { status: "PRIMARY", taskDefinition, rolloutState, rolloutStateReason: "why" },
  ];

  test.each([
    ["steady", primary(asked, "COMPLETED"), "runs"],
    ["without a rollout state", primary(asked), "runs"],
    ["being rolled out, or watched by its alarms", primary(asked, "IN_PROGRESS"), "under way"],
    ["failed, and nothing gone back to", primary(asked, "FAILED"), "failed"],
    ["going back", primary(earlier, "IN_PROGRESS"), "another"],
    ["steady on the earlier one", primary(earlier, "COMPLETED"), "another"],
    ["gone back, in vain", primary(earlier, "FAILED"), "lost"],
    ["not there", undefined, "missing"],
    ["inactive: without deployments", [], "missing"],
  ])("%s", (_, deployments, kind) => {
    expect(judge(deployments, asked).kind).toBe(kind);
  });
});

describe("the account of a failed release", () => {
  const stopped = (id: string, stoppedAt: number): StoppedTask => ({
    id,
    reason: "Task failed container health checks",
    code: "",
    stoppedAt,
    containers: [
      { name: "prepare", exitCode: 0, reason: undefined, isUnhealthy: false },
      { name: "backend", exitCode: 137, reason: "OutOfMemoryError", isUnhealthy: true },
    ],
  });

  test("names the newest stopped task, the containers that are to blame, alarms and lines", () => {
    const tasks = [stopped("old", 1), stopped("new", 3), stopped("middle", 2)];
    expect(newestOf(tasks)?.id).toBe("new");
    const text = told({
      problem: "backend: runs backend:7",
      alarms: ["trading-prod-release-errors"],
      stopped: tasks,
      lines: [{ container: "prepare", lines: ["one", "two"] }],
      ways: ["a way out"],
    });
    expect(text.split("\n")).toEqual([
      "backend: runs backend:7",
      "  alarms: trading-prod-release-errors",
      "  3 tasks stopped, the last one (new): Task failed container health checks",
      "    backend: exit code 137, unhealthy, OutOfMemoryError",
      "  last lines of prepare:",
      "    | one",
      "    | two",
      "  a way out",
    ]);
  });

  test("is its first line and the ways out where nothing more is known", () => {
    expect(told({ problem: "backend: why", alarms: [], stopped: [], lines: [], ways: ["a way"] })).toBe(
      "backend: why\n  a way",
    );
  });
});
