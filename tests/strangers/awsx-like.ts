import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { keepsReleases } from "./lifecycle.ts";

interface FargateServiceArgs {
  readonly image: pulumi.Input<string>;
  readonly healthCheck: object;
}

/** A component that hides the pieces, its container definitions made of Outputs, as awsx has it. */
class FargateService extends pulumi.ComponentResource {
  constructor(name: string, { image, healthCheck }: FargateServiceArgs) {
    super("acme:ecs:FargateService", name);
    const parent = { parent: this };
    const task = new aws.ecs.TaskDefinition(
      name,
      {
        family: name,
        requiresCompatibilities: ["FARGATE"],
        memory: "512",
        tags: { env: "prod", app: name },
        containerDefinitions: pulumi.jsonStringify([
          {
            name,
            image,
            user: "1000",
            readonlyRootFilesystem: true,
            linuxParameters: { capabilities: { drop: ["ALL"] } },
            healthCheck,
          },
        ]),
      },
      parent,
    );
    new aws.ecs.Service(
      name,
      {
        desiredCount: 2,
        taskDefinition: task.arn,
        waitForSteadyState: true,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        networkConfiguration: { subnets: ["subnet-a", "subnet-b"] },
        tags: { env: "prod", app: name },
      },
      parent,
    );
    this.registerOutputs();
  }
}

/** Its address is known only when it is there. */
function repository(): aws.ecr.Repository {
  const made = new aws.ecr.Repository("api", { imageTagMutability: "IMMUTABLE", tags: { env: "prod", app: "api" } });
  new aws.ecr.LifecyclePolicy("api", { repository: made.name, policy: keepsReleases });
  return made;
}

/** All known before the update, but nothing that is asked can fail. */
export function careless(): void {
  new FargateService("api", {
    image: "acme/api:1.4.0",
    healthCheck: { command: ["CMD", "/bin/true"], timeout: 30, interval: 30 },
  });
}

/** In order; its container definitions are known only when the repository is there. */
export function careful(): void {
  new FargateService("api", {
    image: pulumi.interpolate`${repository().repositoryUrl}:1.4.0`,
    healthCheck: { command: ["CMD", "/app/check"], interval: 15 },
  });
}
