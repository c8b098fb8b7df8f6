import { expect, test } from "vitest";
import { type Fate, fates, framesOf } from "./rollout.ts";

const rollout = { from: "backend:7", to: "backend:8", tasks: 2, number: 3, startedAt: 1000 };

test.each(fates)("a rollout that is %s has one primary deployment at every moment, and no id for two", (fate) => {
  for (const { deployments } of framesOf({ ...rollout, fate })) {
    expect(deployments.filter(({ status }) => status === "PRIMARY")).toHaveLength(1);
    expect(new Set(deployments.map(({ id }) => id)).size).toBe(deployments.length);
  }
});

test.each<[Fate, string | undefined, string]>([
  ["steady", "backend:7", "backend:8 COMPLETED SUCCESSFUL"],
  ["breaker", "backend:7", "backend:7 COMPLETED ROLLBACK_SUCCESSFUL"],
  ["alarm", "backend:7", "backend:7 COMPLETED ROLLBACK_SUCCESSFUL"],
  ["lost", "backend:7", "backend:7 FAILED ROLLBACK_FAILED"],
  ["fails", "backend:7", "backend:8 FAILED STOPPED"],
  ["breaker", undefined, "backend:8 FAILED STOPPED"],
  ["stuck", "backend:7", "backend:8 IN_PROGRESS IN_PROGRESS"],
])("%s, from %s, ends as %s", (fate, from, end) => {
  const { deployments, status } = framesOf({ ...rollout, fate, from }).at(-1) ?? { deployments: [] };
  expect(`${deployments[0]?.taskDefinition} ${deployments[0]?.rolloutState} ${status}`).toBe(end);
});

test("every state of a rollout that the documentation names is played, but those of a person's own request", () => {
  const frames = fates.flatMap((fate) => framesOf({ ...rollout, fate }));
  const [rollouts, services] = [
    frames.flatMap(({ deployments }) => deployments.map(({ rolloutState }) => rolloutState)),
    frames.map(({ status }) => status),
  ].map((states) => [...new Set<string>(states)].sort());
  // API_Deployment, rolloutState.
  expect(rollouts).toEqual(["COMPLETED", "FAILED", "IN_PROGRESS"]);
  // API_ServiceDeployment, status; without PENDING, STOP_REQUESTED and ROLLBACK_REQUESTED.
  expect(services).toEqual([
    "IN_PROGRESS",
    "ROLLBACK_FAILED",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_SUCCESSFUL",
    "STOPPED",
    "SUCCESSFUL",
  ]);
  console.log(
    `ECS stand-in: ${fates.length} fates; rollouts ${rollouts?.join(", ")}; services ${services?.join(", ")}`,
  );
});

test("an alarm goes off after a moment that who only counts takes for steady", () => {
  const looksSteady = framesOf({ ...rollout, fate: "alarm" }).filter(
    ({ deployments: [only, ...others] }) => others.length === 0 && only?.runningCount === only?.desiredCount,
  );
  expect(looksSteady.map(({ status }) => status)).toEqual(["IN_PROGRESS", "ROLLBACK_SUCCESSFUL"]);
});
