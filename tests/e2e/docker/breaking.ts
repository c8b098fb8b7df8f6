import type Docker from "dockerode";
import { componentOf, containersOf } from "../../../cli/docker/daemon.ts";
import { until } from "../../support/process.ts";

/** A container of dev as it is now. */
export interface Now {
  readonly id: string;
  readonly component: string;
  /** Of its first process, on the host. */
  readonly pid: number;
  readonly startedAt: string;
  /** Runs, and its check (where it has one) succeeds. */
  readonly isWell: boolean;
}

/** What tests do to dev's containers, as life does it: by signals to their processes, beside the daemon. */
export interface Breaking {
  now(): Promise<readonly Now[]>;
  of(component: string): Promise<Now>;
  /** The container of a component, for what a person does by the daemon. */
  container(component: string): Promise<Docker.Container>;
  /** Ends the first process of each at once, and waits until all run anew, by themselves, and are well. */
  killed(components: readonly string[]): Promise<void>;
  /** The same of one of several containers of a component. */
  killedOne(container: Now): Promise<void>;
  /** Sends a signal to every process of a component. */
  signal(component: string, signal: NodeJS.Signals): Promise<void>;
  untilWell(component: string): Promise<void>;
}

/** Seconds for a restart policy, and for the slowest check. */
const patience = 240;

export function breakingOn(docker: Docker): Breaking {
  const now = async (): Promise<readonly Now[]> => {
    const containers = await containersOf({ docker, stack: "dev" });
    const inspected = containers.map(async (container) => {
      const { State } = await docker.getContainer(container.Id).inspect();
      const { Pid, StartedAt, Running, Health } = State;
      const isWell = Running && (Health === undefined || Health.Status === "healthy");
      return { id: container.Id, component: componentOf(container), pid: Pid, startedAt: StartedAt, isWell };
    });
    return Promise.all(inspected);
  };
  const of = async (component: string): Promise<Now> => {
    const found = (await now()).find((each) => each.component === component);
    if (found === undefined) throw new Error(`dev has no ${component}`);
    return found;
  };
  const kill = async (before: readonly Now[]): Promise<void> => {
    for (const { pid } of before) process.kill(pid, "SIGKILL");
    let waiting = before;
    await until(
      "they run again",
      async () => {
        const after = await now();
        waiting = before.filter(
          ({ id, startedAt }) => !after.some((it) => it.id === id && it.startedAt !== startedAt && it.isWell),
        );
        return waiting.length === 0 ? true : undefined;
      },
      { timeoutSeconds: patience },
    ).catch(() => {
      const missing = waiting.map(({ component }) => component).join(", ");
      throw new Error(`not back by itself after ${patience} s: ${missing}`);
    });
  };
  return {
    now,
    of,
    container: async (component) => docker.getContainer((await of(component)).id),
    killed: async (components) => kill((await now()).filter(({ component }) => components.includes(component))),
    killedOne: async (container) => kill([container]),
    signal: async (component, signal) => {
      const { Titles, Processes } = await docker.getContainer((await of(component)).id).top();
      for (const row of Processes) process.kill(Number(row[Titles.indexOf("PID")]), signal);
    },
    untilWell: async (component) => {
      await until(`${component} is well`, async () => ((await of(component)).isWell ? true : undefined), {
        timeoutSeconds: patience,
      });
    },
  };
}
