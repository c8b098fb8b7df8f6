import type { ECS } from "@aws-sdk/client-ecs";
import type { Elsewhere } from "../../elsewhere.ts";
import { type Properties, text } from "../../value.ts";

/**
 * How the AWS provider waits for a service (`waitForSteadyState`):
 * - `current`: it follows the service deployment, and fails with its reason when that went back;
 * - `older`: it counts tasks and deployments, and takes for success that ECS went back (pulumi-aws#4487).
 */
export type Patience = "current" | "older";

/** The provider's part of services that really are somewhere: made, changed and waited for over the API of ECS. */
export class SettledServices implements Elsewhere {
  readonly #ecs: ECS;
  readonly #patience: Patience;

  constructor(ecs: ECS, patience: Patience) {
    this.#ecs = ecs;
    this.#patience = patience;
  }

  async settle(type: string, before: Properties | undefined, inputs: Properties): Promise<void> {
    if (type !== serviceType) return;
    const { cluster, name, taskDefinition } = named(inputs);
    // A change of nothing is answered with success, whatever is there: the bridge does not ask the provider at all.
    if (text(before?.taskDefinition) === taskDefinition) return;
    if (before === undefined) {
      const tasks = typeof inputs.desiredCount === "number" ? { desiredCount: inputs.desiredCount } : {};
      await this.#ecs.createService({ cluster, serviceName: name, taskDefinition, ...tasks });
    } else {
      await this.#ecs.updateService({ cluster, service: name, taskDefinition });
    }
    await this.#wait(inputs);
  }

  async read(type: string, state: Properties): Promise<Properties | undefined> {
    if (type !== serviceType) return undefined;
    const { cluster, name } = named(state);
    const { services: [service] = [] } = await this.#ecs.describeServices({ cluster, services: [name] });
    return service?.taskDefinition === undefined ? undefined : { taskDefinition: service.taskDefinition };
  }

  async #wait(inputs: Properties): Promise<void> {
    for (let look = 0; look < mostLooks; look += 1) {
      if (this.#patience === "older" ? await this.#counts(inputs) : await this.#follows(inputs)) return;
    }
    throw new Error(
      "waiting for ECS Service: timeout while waiting for state to become 'tfSTABLE' (last state: 'tfPENDING')",
    );
  }

  async #counts(inputs: Properties): Promise<boolean> {
    const { cluster, name } = named(inputs);
    const { services: [service] = [] } = await this.#ecs.describeServices({ cluster, services: [name] });
    return service?.deployments?.length === 1 && service.desiredCount === service.runningCount;
  }

  async #follows(inputs: Properties): Promise<boolean> {
    const { cluster, name } = named(inputs);
    const { services: [service] = [] } = await this.#ecs.describeServices({ cluster, services: [name] });
    const { serviceDeployments: [newest] = [] } = await this.#ecs.listServiceDeployments({ cluster, service: name });
    if (["STOPPED", "ROLLBACK_FAILED", "ROLLBACK_SUCCESSFUL"].includes(newest?.status ?? "")) {
      throw new Error(`waiting for ECS Service (${service?.serviceArn}): ${newest?.statusReason}`);
    }
    return newest?.status === "SUCCESSFUL";
  }
}

const serviceType = "aws:ecs/service:Service";

/** No rollout has as many moments. */
const mostLooks = 20;

function named(properties: Properties): { cluster: string; name: string; taskDefinition: string } {
  return {
    cluster: text(properties.cluster) ?? "",
    name: text(properties.name) ?? "",
    taskDefinition: text(properties.taskDefinition) ?? "",
  };
}
