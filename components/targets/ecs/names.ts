import type { EcsSection } from "./section.ts";

/**
 * Names that stand in task definitions. They are made of settings alone, so that a preview knows a task definition to
 * the last letter and policies can judge it.
 */
export interface Names {
  /** Begins every name of the stack. */
  readonly prefix: string;
  readonly cluster: string;
  /** Private DNS zone, in which every member answers. */
  readonly namespace: string;
  /** Holds the workloads' config files. */
  readonly configBucket: string;
  /** Holds Loki's chunks. */
  readonly logBucket: string;
  /** Holds the load balancer's access logs. */
  readonly accessLogBucket: string;
  /** CloudWatch group of what runs before a workload's own container. */
  readonly preparationLogGroup: string;
  /** Capacity of everything that owns no volume. */
  readonly hosts: string;
  /** Capacity of everything that owns one. */
  readonly monitoringHost: string;
  /** Entry of Secrets Manager with user and password of the image registry, where the program makes it. */
  readonly registrySecret: string;
  family(workload: string): string;
}

export function names(stack: string, { accountId }: Pick<EcsSection, "accountId">): Names {
  const prefix = `trading-${stack}`;
  return {
    prefix,
    cluster: prefix,
    namespace: namespaceOf(stack),
    configBucket: `${prefix}-config-${accountId}`,
    logBucket: logBucketOf(stack, accountId),
    accessLogBucket: `${prefix}-access-${accountId}`,
    preparationLogGroup: `/${prefix}/preparation`,
    hosts: `${prefix}-hosts`,
    monitoringHost: `${prefix}-monitoring`,
    registrySecret: `${prefix}/registry`,
    family: (workload) => `${prefix}-${workload}`,
  };
}

export const namespaceOf = (stack: string): string => `${stack}.trading.internal`;

export const logBucketOf = (stack: string, accountId: string): string => `trading-${stack}-logs-${accountId}`;

/** SSM parameter that holds a secret of the Pulumi config. */
export const parameterOf = (prefix: string, secret: string): string => `/${prefix}/${secret}`;

/** Bucket names end at 63 letters; the longest here are the prefix and 21 letters. */
export const longestStackName = 24;
