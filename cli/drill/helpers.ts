import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import type { AlertName } from "../../components/alerts/names.ts";
import { imageReference, type WorkloadSpec } from "../../components/workload/index.ts";
import { isMissing } from "../../offline/docker/daemon/errors.ts";
import { namespace } from "../../stacks/error.ts";

/** Milliseconds in which a program that cannot run has ended: what it burdens would not be burdened, and the drill show nothing. */
const firstMoments = 1_000;

/** Containers beside the stack's own, which burden their host. They bear the stack's labels: `destroy` finds them too. */
export interface Helpers {
  /** Starts one that goes on until it is removed. Throws with what it wrote where it ends at once. */
  start(alert: AlertName, what: Helper): Promise<void>;
  /** Runs one to its end. Throws with what it wrote where it fails. */
  run(alert: AlertName, what: Helper): Promise<void>;
  remove(alert: AlertName): Promise<void>;
}

export interface Helper {
  readonly words: readonly string[];
  readonly host?: Docker.HostConfig;
  /** Default: nobody. */
  readonly user?: string;
}

const drillLabel = "drill";

/** How often a container is removed until it is gone: the daemon waits ten seconds for its end, and a host's memory takes longer to be given back. */
const tries = 6;

async function removed(container: Docker.Container): Promise<void> {
  for (let left = tries; ; left -= 1) {
    try {
      return await container.remove({ force: true });
    } catch (error) {
      if (isMissing(error)) return;
      if (left === 0) throw error;
      await delay(2_000);
    }
  }
}

/** In the backend's image, which has a shell and Node. */
export function helpersOf(docker: Docker, stack: string, workloads: readonly WorkloadSpec[]): Helpers {
  const labels = (alert: AlertName) => ({ project: namespace, stack, component: drillLabel, [drillLabel]: alert });

  async function remove(alert: AlertName): Promise<void> {
    const label = Object.entries(labels(alert)).map(([name, value]) => `${name}=${value}`);
    const containers = await docker.listContainers({ all: true, filters: { label } });
    for (const { Id } of containers) await removed(docker.getContainer(Id));
  }

  async function start(
    alert: AlertName,
    { words, host = {}, user = "65534:65534" }: Helper,
  ): Promise<Docker.Container> {
    await remove(alert);
    const backend = workloads.find(({ name }) => name === "backend");
    if (backend === undefined) throw new Error(`${stack} has no backend, whose image this needs`);
    const container = await docker.createContainer({
      Image: imageReference(backend.image),
      Entrypoint: [...words],
      Cmd: [],
      User: user,
      Labels: labels(alert),
      HostConfig: { NetworkMode: "none", ...host },
    });
    await container.start();
    return container;
  }

  async function failed(alert: AlertName, container: Docker.Container, code: number): Promise<never> {
    const log = String(await container.logs({ stdout: true, stderr: true }));
    await remove(alert);
    throw new Error(`a helper failed (${code}): ${log.replaceAll(/[^\x20-\x7e\n]/g, "").trim()}`);
  }

  return {
    remove,
    start: async (alert, what) => {
      const container = await start(alert, what);
      await delay(firstMoments);
      const { State } = await container.inspect();
      if (!State.Running) await failed(alert, container, State.ExitCode);
    },
    run: async (alert, what) => {
      const container = await start(alert, what);
      const { StatusCode }: { StatusCode: number } = await container.wait();
      if (StatusCode !== 0) await failed(alert, container, StatusCode);
      await remove(alert);
    },
  };
}
