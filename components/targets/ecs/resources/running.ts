import { AsyncResource } from "node:async_hooks";
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Duration, WorkloadSpec } from "../../../workload/index.ts";
import { failureOf, problemOf } from "../running/requested.ts";
import { shortName } from "../running/verdict.ts";
import type { EcsStack } from "./stack.ts";

/**
 * Has an update fail where ECS went back to an earlier task definition, whatever the provider says of it. Three ways,
 * because none sees all (tried with engine 3.259):
 * - hooks after the create and the update: an older provider reports success (pulumi-aws#4487); a current one fails
 *   once, and at the next update answers a change of nothing with success (pulumi#21458);
 * - a look at the service when neither ran: a failed hook leaves no trace in the state (pulumi#21899), so the next update
 *   finds nothing to do;
 * - a hook on the provider's own failure, which names no task and no log line.
 */
export interface RunningCheck {
  readonly hooks: pulumi.ResourceHookBinding;
  /** Whether the service runs what was asked for; says what is wrong. */
  of(service: aws.ecs.Service): pulumi.Output<Running>;
}

/** A task definition, as `family:revision`, and whether its service runs it. */
export interface Running {
  readonly service: string;
  readonly taskDefinition: string;
  readonly runs: boolean;
}

/** The task definitions of all services, in one line; fails where one does not run. The program has to wait for it, or nobody hears of that. */
export const allRunning = (services: readonly pulumi.Output<Running>[]): pulumi.Output<string> =>
  pulumi.all([...services]).apply((found) => {
    const missing = found.filter(({ runs }) => !runs).map(({ service }) => service);
    if (missing.length > 0) throw new pulumi.RunError(`what was asked for does not run: ${missing.join(", ")}`);
    return found.map(({ taskDefinition }) => taskDefinition).join(" ");
  });

/** `patience`: how long a rollout may take until it is steady. */
export function runningCheck(
  spec: WorkloadSpec,
  { context, names, cloud }: EcsStack,
  patience: Duration,
): RunningCheck {
  const named = (arn: string, runs = true): Running => ({
    service: spec.name,
    taskDefinition: shortName(arn),
    runs,
  });
  if (!context.asksCloud) {
    return { hooks: {}, of: ({ taskDefinition }) => taskDefinition.apply((arn = "") => named(arn)) };
  }
  let asked: string | undefined;
  const requested = (taskDefinition: string) => ({
    cluster: names.cluster,
    service: spec.name,
    taskDefinition,
    stack: context.stack,
    logGroup: names.preparationLogGroup,
  });
  const problem = async (taskDefinition: string): Promise<string | undefined> => {
    asked = taskDefinition;
    return problemOf(requested(taskDefinition), await cloud(), patience);
  };
  const after = new pulumi.ResourceHook(`running-${spec.name}`, async ({ newInputs }) => {
    const found = await problem(String(newInputs?.taskDefinition));
    if (found !== undefined) throw new Error(found);
  });
  const failed = new pulumi.ErrorHook(
    `failed-${spec.name}`,
    // The engine calls from outside the program, where the SDK would not know whose log it is.
    AsyncResource.bind(async ({ newInputs, failedOperation }: pulumi.ErrorHookArgs) => {
      if (failedOperation !== "delete" && newInputs !== undefined) {
        const asking = cloud().then((open) => failureOf(requested(String(newInputs.taskDefinition)), open));
        await pulumi.log.error(await asking.catch((error: Error) => error.message));
      }
      // Not tried again.
      return false;
    }),
  );
  return {
    hooks: { afterCreate: [after], afterUpdate: [after], onError: [failed] },
    of: (service) =>
      service.taskDefinition.apply(async (arn = "") => {
        if (pulumi.runtime.isDryRun() || asked === arn) return named(arn);
        const found = await problem(arn).catch((error: Error) => error.message);
        if (found !== undefined) await pulumi.log.error(found, service);
        return named(arn, found === undefined);
      }),
  };
}
