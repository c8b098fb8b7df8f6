import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import type { AlertName } from "../../components/alerts/names.ts";
import type { Settings } from "../../components/settings.ts";
import type { WorkloadSpec } from "../../components/workload/index.ts";
import { statusOf } from "../../offline/docker/daemon/errors.ts";
import { componentOf, containersOf } from "../docker/daemon.ts";
import { runIn } from "../docker/exec.ts";
import { addressesIn } from "./addresses.ts";
import { type Api, openApi } from "./api.ts";
import { type Helpers, helpersOf } from "./helpers.ts";

/** A running stack, and all that a drill does to it. */
export interface Place {
  readonly settings: Settings;
  readonly api: Api;
  readonly helpers: Helpers;
  /** Ends the containers of a component at once, as a crash does. */
  stop(component: string): Promise<void>;
  /** Starts those that do not run, and waits until they are healthy. */
  start(component: string): Promise<void>;
  restart(component: string): Promise<void>;
  /** What a command in a component's container prints. Throws where it fails. */
  run(component: string, words: readonly string[]): Promise<string>;
  /** Starts a command there that goes on by itself. */
  leave(component: string, words: readonly string[]): Promise<void>;
  /** Does something again and again, until it is called off; what fails is not minded. */
  keepDoing(alert: AlertName, everyMs: number, action: () => Promise<unknown>): void;
  callOff(alert: AlertName): void;
  close(): void;
}

interface Opened {
  readonly docker: Docker;
  readonly stack: string;
  readonly settings: Settings;
  readonly workloads: readonly WorkloadSpec[];
}

/** Milliseconds for a component to be healthy again. */
const patience = 180_000;

/** Throws a UserError where the stack does not run. */
export async function openPlace({ docker, stack, settings, workloads }: Opened): Promise<Place> {
  const containers = () => containersOf({ docker, stack });
  const of = async (component: string) => (await containers()).filter((each) => componentOf(each) === component);
  const running = async (component: string): Promise<Docker.Container> => {
    const found = (await of(component)).find(({ State }) => State === "running");
    if (found === undefined) throw new Error(`no ${component} of ${stack} runs`);
    return docker.getContainer(found.Id);
  };
  const address = addressesIn(stack, await containers());
  const run = async (component: string, words: readonly string[]) => runIn(await running(component), words);
  const doing = new Map<AlertName, NodeJS.Timeout>();

  async function start(component: string): Promise<void> {
    for (const { Id, State } of await of(component)) {
      if (State !== "running") await docker.getContainer(Id).start();
    }
    const end = Date.now() + patience;
    while (Date.now() < end) {
      if ((await of(component)).every(({ Status }) => /\(healthy\)/.test(Status))) return;
      await delay(500);
    }
    throw new Error(`${component} is not healthy after ${patience / 1000} s`);
  }

  return {
    settings,
    api: openApi(address, (words) => run("backend", words), settings),
    helpers: helpersOf(docker, stack, workloads),
    run,
    start,
    stop: async (component) => {
      await Promise.all(
        (await of(component)).map(({ Id }) => docker.getContainer(Id).stop({ t: 0 }).catch(unlessStopped)),
      );
    },
    restart: async (component) => {
      await Promise.all((await of(component)).map(({ Id }) => docker.getContainer(Id).restart({ t: 5 })));
      await start(component);
    },
    leave: async (component, words) => {
      const exec = await (await running(component)).exec({ Cmd: [...words] });
      await exec.start({ Detach: true });
    },
    keepDoing: (alert, everyMs, action) => {
      const again = () => void action().catch(() => {});
      again();
      doing.set(alert, setInterval(again, everyMs));
    },
    callOff: (alert) => clearInterval(doing.get(alert)),
    close: () => {
      for (const timer of doing.values()) clearInterval(timer);
    },
  };
}

/** Docker's answer for a container that does not run. */
function unlessStopped(error: unknown): void {
  if (statusOf(error) !== 304) throw error;
}
