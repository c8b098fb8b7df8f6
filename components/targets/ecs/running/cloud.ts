import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { ECS } from "@aws-sdk/client-ecs";
import type { StoppedTask } from "./account.ts";
import type { Deployment } from "./verdict.ts";

/** The newest deployment of a service that did not succeed. */
export interface FailedDeployment {
  readonly reason: string;
  /** Names of the alarms that went off. */
  readonly alarms: readonly string[];
}

/** What is asked of AWS about the services of a cluster: with the credentials of the standard chain, only to read. */
export class Cloud {
  readonly #ecs: ECS;
  readonly #logs: CloudWatchLogs;

  private constructor(ecs: ECS, logs: CloudWatchLogs) {
    this.#ecs = ecs;
    this.#logs = logs;
  }

  /** Imports the SDK, which a preview never needs. */
  static async open(region: string): Promise<Cloud> {
    const [{ ECS }, { CloudWatchLogs }] = await Promise.all([
      import("@aws-sdk/client-ecs"),
      import("@aws-sdk/client-cloudwatch-logs"),
    ]);
    return new Cloud(new ECS({ region }), new CloudWatchLogs({ region }));
  }

  /** Undefined for a service that is not there. */
  async deployments(cluster: string, service: string): Promise<readonly Deployment[] | undefined> {
    const { services = [] } = await this.#ecs.describeServices({ cluster, services: [service] });
    return services.find(({ status }) => status !== "INACTIVE")?.deployments;
  }

  async failedDeployment(cluster: string, service: string): Promise<FailedDeployment | undefined> {
    const { serviceDeployments: briefs = [] } = await this.#ecs.listServiceDeployments({ cluster, service });
    const arn = briefs.find(({ status = "" }) => /^(?:ROLLBACK|STOP)/.test(status))?.serviceDeploymentArn;
    if (arn === undefined) return undefined;
    const { serviceDeployments: [found] = [] } = await this.#ecs.describeServiceDeployments({
      serviceDeploymentArns: [arn],
    });
    return { reason: found?.statusReason ?? "", alarms: found?.alarms?.triggeredAlarmNames ?? [] };
  }

  /** ECS knows of stopped tasks for about an hour. */
  async stoppedTasks(cluster: string, service: string, taskDefinition: string): Promise<readonly StoppedTask[]> {
    const { taskArns: tasks = [] } = await this.#ecs.listTasks({
      cluster,
      serviceName: service,
      desiredStatus: "STOPPED",
    });
    if (tasks.length === 0) return [];
    const described = await this.#ecs.describeTasks({ cluster, tasks: tasks.slice(0, mostTasks) });
    return (described.tasks ?? [])
      .filter((task) => task.taskDefinitionArn === taskDefinition)
      .map(({ taskArn = "", stoppedReason, stopCode, stoppedAt, containers = [] }) => ({
        id: taskArn.slice(taskArn.lastIndexOf("/") + 1),
        reason: stoppedReason ?? "",
        code: stopCode ?? "",
        stoppedAt: stoppedAt?.getTime() ?? 0,
        containers: containers.map(({ name = "", exitCode, reason, healthStatus }) => ({
          name,
          exitCode,
          reason,
          isUnhealthy: healthStatus === "UNHEALTHY",
        })),
      }));
  }

  /** The last lines of a log stream; none where there is no such stream. */
  async lastLines(logGroupName: string, logStreamName: string, limit: number): Promise<readonly string[]> {
    try {
      const { events = [] } = await this.#logs.getLogEvents({
        logGroupName,
        logStreamName,
        limit,
        startFromHead: false,
      });
      return events.map(({ message = "" }) => message.trimEnd());
    } catch (error) {
      if (error instanceof Error && error.name === "ResourceNotFoundException") return [];
      throw error;
    }
  }
}

/** As many as DescribeTasks takes at once. */
const mostTasks = 100;
