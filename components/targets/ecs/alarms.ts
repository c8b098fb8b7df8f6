import type { WorkloadSpec } from "../../workload/index.ts";

/** A CloudWatch alarm as plain values; times in seconds. */
export interface AlarmSettings {
  readonly alarmDescription: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly statistic: "Average" | "Minimum" | "Sum";
  readonly comparisonOperator: "GreaterThanThreshold" | "LessThanThreshold";
  readonly threshold: number;
  readonly period: number;
  readonly evaluationPeriods: number;
  /** No data: the service reports nothing while it is idle or being made. */
  readonly treatMissingData: "missing" | "notBreaching";
}

/** Names of the alarms that take a release back, without the stack's prefix. */
export const releaseAlarms = ["release-errors", "release-unhealthy"] as const;

/** What customers reach: the edge and the rolling workloads behind it. Their 5xx says nothing of the others. */
export const seenByCustomers = (spec: WorkloadSpec, edge: WorkloadSpec): boolean =>
  spec.placement.kind === "stateless" &&
  (spec.name === edge.name || edge.connectsTo.some(({ to }) => to === spec.name));

const gib = 1024 ** 3;
const database = { namespace: "AWS/RDS", period: 300, evaluationPeriods: 3, treatMissingData: "missing" } as const;

const release = {
  namespace: "AWS/ApplicationELB",
  comparisonOperator: "GreaterThanThreshold",
  period: 60,
  treatMissingData: "notBreaching",
} as const;

/** What only the cloud can tell of what it runs. */
export const alarm = {
  /** Less than a fifth of the stated size; storage grows by itself below a tenth, once in six hours. */
  databaseStorage: (sizeGiB: number): AlarmSettings => ({
    ...database,
    alarmDescription: "The managed database's disk fills faster than it grows",
    metricName: "FreeStorageSpace",
    statistic: "Minimum",
    comparisonOperator: "LessThanThreshold",
    threshold: Math.round(sizeGiB * gib * 0.2),
  }),
  databaseCpu: {
    ...database,
    alarmDescription: "The managed database's CPU is busy for 15 minutes",
    metricName: "CPUUtilization",
    statistic: "Average",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 85,
  },
  databaseMemory: {
    ...database,
    alarmDescription: "The managed database has less than 128 MiB of free memory",
    metricName: "FreeableMemory",
    statistic: "Average",
    comparisonOperator: "LessThanThreshold",
    threshold: gib / 8,
  },
  cacheCpu: {
    ...database,
    namespace: "AWS/ElastiCache",
    alarmDescription: "The managed cache's one command thread is busy for 15 minutes",
    metricName: "EngineCPUUtilization",
    statistic: "Average",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 85,
  },
  /** Counted by the load balancer, so that nothing of the release itself has to work for it. */
  releaseErrors: (perMinute: number): AlarmSettings => ({
    ...release,
    alarmDescription: "The gateway answers 5xx for two minutes; a release under way is taken back",
    metricName: "HTTPCode_Target_5XX_Count",
    statistic: "Sum",
    threshold: perMinute,
    evaluationPeriods: 2,
  }),
  releaseUnhealthy: {
    ...release,
    alarmDescription: "A gateway is unhealthy for three minutes; a release under way is taken back",
    metricName: "UnHealthyHostCount",
    statistic: "Minimum",
    threshold: 0,
    evaluationPeriods: 3,
  },
  balancerErrors: {
    alarmDescription: "The load balancer itself answers 5xx: no gateway is there to ask",
    namespace: "AWS/ApplicationELB",
    metricName: "HTTPCode_ELB_5XX_Count",
    statistic: "Sum",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 10,
    period: 60,
    evaluationPeriods: 3,
    // Nothing is counted while there are none.
    treatMissingData: "notBreaching",
  },
} satisfies Record<string, AlarmSettings | ((size: number) => AlarmSettings)>;

/**
 * Seconds for which ECS may go on watching after the last task was replaced. It says only that they are computed of the alarms'
 * periods and evaluation periods ("How CloudWatch alarms detect Amazon ECS deployment failures"): twice all of them.
 */
export const bakeSeconds =
  2 *
  [alarm.releaseErrors(1), alarm.releaseUnhealthy].reduce(
    (sum, { period, evaluationPeriods }) => sum + period * evaluationPeriods,
    0,
  );
