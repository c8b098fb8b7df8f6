/**
 * What becomes of a new task definition of a service:
 * - `steady`: its tasks start and stay.
 * - `breaker`: they stop again and again; the circuit breaker goes back to the last one that was steady.
 * - `alarm`: they start, the old ones are gone, and within the bake time a CloudWatch alarm goes off; ECS goes back.
 * - `lost`: as `breaker`, and the tasks of the one that was steady do not stay any more either.
 * - `fails`: as `breaker`, and nothing goes back: rollback is off, or there is nothing to go back to.
 * - `stuck`: neither steady nor failed.
 */
export type Fate = "steady" | "breaker" | "alarm" | "lost" | "fails" | "stuck";

/** All of them. */
export const fates: readonly Fate[] = ["steady", "breaker", "alarm", "lost", "fails", "stuck"];

/** A deployment of a service as DescribeServices shows it. Times are in seconds since 1970. */
export interface Deployment {
  readonly id: string;
  readonly status: "PRIMARY" | "ACTIVE";
  readonly taskDefinition: string;
  readonly desiredCount: number;
  readonly pendingCount: number;
  readonly runningCount: number;
  readonly failedTasks: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly rolloutState: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  readonly rolloutStateReason: string;
}

/** What can be seen of a service at one moment of a rollout. */
export interface Frame {
  readonly deployments: readonly Deployment[];
  /** Of the service deployment, as DescribeServiceDeployments shows it. */
  readonly status:
    | "IN_PROGRESS"
    | "SUCCESSFUL"
    | "STOPPED"
    | "ROLLBACK_IN_PROGRESS"
    | "ROLLBACK_SUCCESSFUL"
    | "ROLLBACK_FAILED";
  readonly statusReason?: string;
}

export interface Rollout {
  readonly fate: Fate;
  /** Task definition that was steady before; undefined for a new service. */
  readonly from: string | undefined;
  readonly to: string;
  readonly tasks: number;
  /** Number of the rollout in the service's life. */
  readonly number: number;
  readonly startedAt: number;
}

/**
 * The moments of a rollout, in the order and words of the documentation ("How the Amazon ECS deployment circuit breaker
 * detects failures", "How CloudWatch alarms detect Amazon ECS deployment failures", API_Deployment, API_ServiceDeployment).
 * The last one lasts.
 */
export function framesOf(rollout: Rollout): readonly Frame[] {
  const { fate, from } = rollout;
  const begun: Frame = { deployments: [wanted(rollout, "starting"), ...left(rollout)], status: "IN_PROGRESS" };
  if (fate === "stuck") return [begun];
  if (fate === "steady") return [begun, { deployments: [wanted(rollout, "steady")], status: "SUCCESSFUL" }];
  if (fate === "fails" || from === undefined) {
    const reason = "Service deployment stopped because the circuit breaker threshold was exceeded.";
    return [begun, { deployments: [wanted(rollout, "failed")], status: "STOPPED", statusReason: reason }];
  }
  const cause = fate === "alarm" ? "a CloudWatch alarm was triggered" : "the circuit breaker threshold was exceeded";
  return [
    begun,
    // As many tasks as are wanted, one deployment: who only counts takes it for steady.
    ...(fate === "alarm" ? [{ deployments: [wanted(rollout, "baking")], status: "IN_PROGRESS" } as const] : []),
    {
      deployments: [goneBack(rollout, from, "IN_PROGRESS"), { ...wanted(rollout, "failed"), status: "ACTIVE" }],
      status: "ROLLBACK_IN_PROGRESS",
    },
    fate === "lost"
      ? {
          deployments: [goneBack(rollout, from, "FAILED")],
          status: "ROLLBACK_FAILED",
          // The documentation names the state, not its words.
          statusReason: `Service deployment rollback failed because ${cause}.`,
        }
      : {
          deployments: [goneBack(rollout, from, "COMPLETED")],
          status: "ROLLBACK_SUCCESSFUL",
          statusReason: `Service deployment rolled back because ${cause}.`,
        },
  ];
}

/** Of the service's nth rollout; the one that goes back has an id of its own. */
export const deploymentId = (number: number, back = false): string =>
  `ecs-svc/${String(number).padStart(18, "0")}${back ? "1" : "0"}`;

const breaker = "ECS deployment circuit breaker: ";

type Moment = "starting" | "baking" | "steady" | "failed";

function wanted({ fate, to, tasks, number, startedAt }: Rollout, moment: Moment): Deployment {
  const id = deploymentId(number);
  const alarmed = `ECS deployment ${id} failed: alarm detected.`;
  const words: Readonly<Record<Moment, readonly [Deployment["rolloutState"], string]>> = {
    starting: ["IN_PROGRESS", `ECS deployment ${id} in progress.`],
    baking: ["IN_PROGRESS", `ECS deployment ${id} in progress.`],
    steady: ["COMPLETED", `ECS deployment ${id} completed.`],
    failed: ["FAILED", fate === "alarm" ? alarmed : `${breaker}tasks failed to start.`],
  };
  const [rolloutState, rolloutStateReason] = words[moment];
  const runs = moment === "steady" || moment === "baking";
  return {
    ...common(to, startedAt),
    id,
    status: "PRIMARY",
    desiredCount: moment === "failed" ? 0 : tasks,
    pendingCount: moment === "starting" ? tasks : 0,
    runningCount: runs ? tasks : 0,
    failedTasks: stopsTasks(fate) ? stoppedTasks : 0,
    rolloutState,
    rolloutStateReason,
  };
}

/** Whether tasks of that rollout stop. */
export const stopsTasks = (fate: Fate): boolean => fate === "breaker" || fate === "lost" || fate === "fails";

/** The least number of tasks after which the circuit breaker trips. */
export const stoppedTasks = 3;

function left({ from, tasks, number, startedAt }: Rollout): readonly Deployment[] {
  if (from === undefined) return [];
  const id = deploymentId(number - 1);
  const steady = { rolloutState: "COMPLETED", rolloutStateReason: `ECS deployment ${id} completed.` } as const;
  return [{ ...common(from, startedAt), ...all(tasks), ...steady, id, status: "ACTIVE" }];
}

function goneBack(
  { tasks, number, startedAt, fate }: Rollout,
  from: string,
  rolloutState: Deployment["rolloutState"],
): Deployment {
  const id = deploymentId(number, true);
  const why = fate === "alarm" ? "ECS deployment alarm: " : breaker;
  return {
    ...common(from, startedAt),
    ...all(tasks),
    ...(rolloutState === "FAILED" && { desiredCount: 0, runningCount: 0, failedTasks: stoppedTasks }),
    id,
    status: "PRIMARY",
    rolloutState,
    rolloutStateReason: {
      COMPLETED: `ECS deployment ${id} completed.`,
      IN_PROGRESS: `${why}rolling back to deploymentId ${deploymentId(number - 1)}.`,
      FAILED: `${why}tasks failed to start.`,
    }[rolloutState],
  };
}

const all = (tasks: number) => ({ desiredCount: tasks, pendingCount: 0, runningCount: tasks, failedTasks: 0 });

const common = (taskDefinition: string, startedAt: number) => ({
  taskDefinition,
  createdAt: startedAt,
  updatedAt: startedAt,
});
