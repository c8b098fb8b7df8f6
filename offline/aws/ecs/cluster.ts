import type { Fate } from "./rollout.ts";
import { ScriptedService } from "./service.ts";

type Parameters = Readonly<Record<string, unknown>>;

/** An error as AWS answers it: `__type` and a message. */
export class AwsRefusal extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** ECS and CloudWatch Logs as far as a deployment asks them; what becomes of a deployment is said beforehand. */
export class ScriptedCluster {
  readonly #services = new Map<string, ScriptedService>();
  readonly #fates = new Map<string, Fate[]>();
  readonly #lines = new Map<string, readonly string[]>();

  /** How the next new task definitions of the service fare, one after the other; those after them are steady. */
  script(service: string, ...fates: readonly Fate[]): void {
    this.#fates.set(service, [...fates]);
  }

  /** Has the service run what it ran before: an alarm went off long after the update, or somebody did it by hand. */
  goBack(service: string): void {
    const found = this.#service(service);
    found.deploy(found.previous, "steady");
  }

  /** What the containers of that name have written before they stopped, wherever their log streams are. */
  wrote(container: string, lines: readonly string[]): void {
    this.#lines.set(container, lines);
  }

  /** The task definition that a service runs, as `family:revision`; undefined for none. */
  running(service: string): string | undefined {
    return this.#services.get(service)?.taskDefinition.replace(/^.*\//, "");
  }

  /** Answers an operation of the API; throws {@link AwsRefusal}. */
  answer(operation: string, parameters: Parameters): object {
    const answers = this.#operations[operation];
    if (answers === undefined) {
      throw new AwsRefusal("UnknownOperationException", `the scripted cluster has no ${operation}`);
    }
    return answers(parameters);
  }

  readonly #operations: Readonly<Record<string, (parameters: Parameters) => object>> = {
    CreateService: ({ cluster, serviceName, taskDefinition, desiredCount }) => {
      const name = String(serviceName);
      const tasks = typeof desiredCount === "number" ? desiredCount : 1;
      const service = new ScriptedService(String(cluster), name, tasks, String(taskDefinition), this.#fate(name));
      this.#services.set(name, service);
      return { service: service.look() };
    },
    UpdateService: ({ service, taskDefinition }) => {
      const found = this.#service(service);
      if (found.taskDefinition !== taskDefinition) found.deploy(String(taskDefinition), this.#fate(found.name));
      return { service: found.look() };
    },
    DescribeServices: ({ services }) => {
      const asked = texts(services);
      const found = asked.flatMap((name) => this.#services.get(lastPart(name)) ?? []);
      const missing = asked.filter((name) => !this.#services.has(lastPart(name)));
      return {
        services: found.map((service) => service.look()),
        failures: missing.map((arn) => ({ arn, reason: "MISSING" })),
      };
    },
    ListServiceDeployments: ({ service }) => ({
      serviceDeployments: this.#service(service)
        .serviceDeployments()
        .map(({ targetServiceRevision, alarms: _, ...brief }) => ({
          ...brief,
          targetServiceRevisionArn: targetServiceRevision.arn,
        })),
    }),
    DescribeServiceDeployments: ({ serviceDeploymentArns }) => {
      const asked = texts(serviceDeploymentArns);
      const all = [...this.#services.values()].flatMap((service) => service.serviceDeployments());
      return {
        serviceDeployments: all.filter(({ serviceDeploymentArn }) => asked.includes(serviceDeploymentArn)),
        failures: [],
      };
    },
    ListTasks: ({ serviceName, desiredStatus }) => {
      const stopped = desiredStatus === "STOPPED" ? this.#service(serviceName).stopped() : [];
      return { taskArns: stopped.map(({ taskArn }) => taskArn) };
    },
    DescribeTasks: ({ tasks }) => {
      const asked = texts(tasks);
      const all = [...this.#services.values()].flatMap((service) => service.stopped());
      return { tasks: all.filter(({ taskArn }) => asked.includes(taskArn)), failures: [] };
    },
    GetLogEvents: ({ logStreamName, limit }) => {
      const [, container = ""] = String(logStreamName).split("/");
      const lines = this.#lines.get(container);
      if (lines === undefined) {
        throw new AwsRefusal("ResourceNotFoundException", "The specified log stream does not exist.");
      }
      const events = lines.map((message, index) => ({ timestamp: index, ingestionTime: index, message }));
      return {
        events: typeof limit === "number" ? events.slice(-limit) : events,
        nextForwardToken: "f/0",
        nextBackwardToken: "b/0",
      };
    },
  };

  #fate(service: string): Fate {
    return this.#fates.get(service)?.shift() ?? "steady";
  }

  #service(name: unknown): ScriptedService {
    const found = this.#services.get(lastPart(String(name)));
    if (found === undefined) throw new AwsRefusal("ServiceNotFoundException", "Service not found.");
    return found;
  }
}

/** Names are taken as ARNs too. */
const lastPart = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
