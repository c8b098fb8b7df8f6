import { alphanumeric, hex } from "../../identity.ts";
import { deploymentId, type Fate, type Frame, framesOf, type Rollout, stoppedTasks, stopsTasks } from "./rollout.ts";

/** A service of a scripted cluster. Time goes on by one moment of its rollout each time that somebody looks at it. */
export class ScriptedService {
  readonly arn: string;
  readonly cluster: string;
  readonly name: string;
  readonly tasks: number;
  readonly #past: Rollout[] = [];
  #rollout: Rollout;
  #moment = 0;

  constructor(cluster: string, name: string, tasks: number, taskDefinition: string, fate: Fate) {
    this.cluster = cluster;
    this.name = name;
    this.tasks = tasks;
    this.arn = `${cluster.replace(":cluster/", ":service/")}/${name}`;
    this.#rollout = { fate, from: undefined, to: taskDefinition, tasks, number: 1, startedAt: now() };
  }

  /** The task definition that it is asked to run; after going back, the one that it went back to. */
  get taskDefinition(): string {
    return this.#frame.deployments[0]?.taskDefinition ?? "";
  }

  /** The one that was there before it. */
  get previous(): string {
    return this.#rollout.from ?? this.taskDefinition;
  }

  /** Begins a rollout. */
  deploy(taskDefinition: string, fate: Fate): void {
    const from = this.taskDefinition;
    this.#past.unshift(this.#rollout);
    const { tasks, number } = this.#rollout;
    this.#rollout = { fate, from, to: taskDefinition, tasks, number: number + 1, startedAt: now() };
    this.#moment = 0;
  }

  /** As DescribeServices answers. */
  look(): object {
    const { deployments } = this.#frame;
    this.#moment += 1;
    const count = (of: "pendingCount" | "runningCount") => deployments.reduce((sum, one) => sum + one[of], 0);
    return {
      serviceArn: this.arn,
      serviceName: this.name,
      clusterArn: this.cluster,
      status: "ACTIVE",
      taskDefinition: deployments[0]?.taskDefinition,
      desiredCount: this.tasks,
      pendingCount: count("pendingCount"),
      runningCount: count("runningCount"),
      deploymentController: { type: "ECS" },
      deployments,
    };
  }

  /** As DescribeServiceDeployments answers, the newest first. */
  serviceDeployments(): readonly ServiceDeployment[] {
    return [
      this.#serviceDeployment(this.#rollout, this.#frame),
      ...this.#past.map((rollout) => this.#serviceDeployment(rollout, frameAt(rollout, Number.POSITIVE_INFINITY))),
    ];
  }

  /** Tasks that stopped, as DescribeTasks answers, the newest first. */
  stopped(): readonly StoppedTask[] {
    return [this.#rollout, ...this.#past]
      .filter(({ fate }) => stopsTasks(fate))
      .flatMap((rollout) =>
        Array.from({ length: stoppedTasks }, (_, index) => stoppedTask(this, rollout, index)).reverse(),
      );
  }

  get #frame(): Frame {
    return frameAt(this.#rollout, this.#moment);
  }

  #serviceDeployment({ number, startedAt, fate }: Rollout, { status, statusReason = "" }: Frame): ServiceDeployment {
    const kin = (kind: string, id: string) => `${this.arn.replace(":service/", `:${kind}/`)}/${id}`;
    return {
      serviceDeploymentArn: kin("service-deployment", alphanumeric(`${this.arn} ${number}`, 21)),
      serviceArn: this.arn,
      clusterArn: this.cluster,
      createdAt: startedAt,
      startedAt,
      targetServiceRevision: { arn: kin("service-revision", deploymentId(number).replace("ecs-svc/", "")) },
      status,
      ...(statusReason === "" ? {} : { statusReason }),
      ...(fate === "alarm" && status !== "IN_PROGRESS" ? { alarms: triggered(this.name) } : {}),
    };
  }
}

const now = (): number => Date.now() / 1000;

function frameAt(rollout: Rollout, moment: number): Frame {
  const frames = framesOf(rollout);
  const frame = frames[moment] ?? frames.at(-1);
  if (frame === undefined) throw new Error(`a rollout of the fate "${rollout.fate}" has no moment`);
  return frame;
}

export interface ServiceDeployment {
  readonly serviceDeploymentArn: string;
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly createdAt: number;
  readonly startedAt: number;
  readonly targetServiceRevision: { readonly arn: string };
  readonly status: string;
  readonly statusReason?: string;
  readonly alarms?: object;
}

export interface StoppedTask {
  readonly taskArn: string;
  readonly taskDefinitionArn: string;
  readonly lastStatus: "STOPPED";
  readonly stoppedAt: number;
  readonly stopCode: string;
  readonly stoppedReason: string;
  readonly containers: readonly { readonly name: string; readonly exitCode: number; readonly reason?: string }[];
}

const triggered = (service: string) => ({
  status: "TRIGGERED",
  alarmNames: [`${service}-errors`],
  triggeredAlarmNames: [`${service}-errors`],
});

/** One whose main container ends by itself. */
function stoppedTask({ cluster, arn, name }: ScriptedService, rollout: Rollout, index: number): StoppedTask {
  const id = hex(`${arn} ${rollout.number} ${index}`, 32);
  return {
    taskArn: `${cluster.replace(":cluster/", ":task/")}/${id}`,
    taskDefinitionArn: rollout.to,
    lastStatus: "STOPPED",
    stoppedAt: rollout.startedAt + 10 * (index + 1),
    stopCode: "EssentialContainerExited",
    stoppedReason: "Essential container in task exited",
    containers: [
      { name: "prepare", exitCode: 0 },
      { name, exitCode: 1 },
    ],
  };
}
