import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as docker from "@pulumi/docker";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation/index.js";
import { makeTemporaryBackend } from "../../../offline/backend.ts";
import { startDockerDriver } from "../../../offline/docker/daemon/start.ts";
import type { TestDaemon } from "../../support/docker/daemon.ts";
import { importTestServer, testServer } from "../../support/docker/test-image.ts";

/** A stack of one test on a real daemon, through the real engine and the driver. */
export interface DockerStack {
  readonly daemon: TestDaemon;
  /** Value of the label `test` on everything that the program makes. */
  readonly mark: string;
  readonly stack: Stack;
  /** Updates to this program; how many resources saw which change. Rejects with what the engine said. */
  up(program: PulumiFn, signal?: AbortSignal): Promise<Readonly<Record<string, number | undefined>>>;
  refresh(): Promise<Readonly<Record<string, number | undefined>>>;
  destroy(): Promise<void>;
  /** What is recorded, as it stands in the backend's file. */
  recorded(): Promise<string>;
  /** Names of what the daemon has of this test, sorted. */
  left(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

export const image = "test/server:1";
export const otherImage = "test/server:2";

/** Makes an empty stack on a daemon that has the test images. */
export async function makeDockerStack(daemon: TestDaemon): Promise<DockerStack> {
  const mark = randomUUID();
  const [backend, driver] = await Promise.all([makeTemporaryBackend(), startDockerDriver()]);
  await Promise.all([importTestServer(daemon.docker, image), importTestServer(daemon.docker, otherImage)]);
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "dev", projectName: "docker-test", program: async () => {} },
    {
      envVars: {
        ...driver.environment,
        PULUMI_BACKEND_URL: backend.url,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      },
      projectSettings: { name: "docker-test", runtime: "nodejs", backend: { url: backend.url } },
      stackSettings: { dev: { config: { "docker:host": daemon.host } } },
    },
  );
  const left = () => namesOn(daemon, mark);
  return {
    daemon,
    mark,
    stack,
    up: async (program, signal) => {
      stack.workspace.program = program;
      const { summary } = await stack.up({ ...(signal === undefined ? {} : { signal }) });
      return changesIn(summary.resourceChanges);
    },
    refresh: async () => changesIn((await stack.refresh()).summary.resourceChanges),
    destroy: async () => {
      await stack.destroy();
    },
    recorded: () => readFile(join(backend.directory, ".pulumi", "stacks", "docker-test", "dev.json"), "utf8"),
    left,
    remove: async () => {
      for (const name of await left())
        await daemon.docker
          .getContainer(name)
          .remove({ force: true })
          .catch(() => {});
      await Promise.all([driver.stop(), backend.remove()]);
    },
  };
}

/** Without what did not change. */
const changesIn = (changes: Readonly<Record<string, number | undefined>> = {}): Record<string, number | undefined> =>
  Object.fromEntries(Object.entries(changes).filter(([change]) => change !== "same"));

async function namesOn({ docker: client }: TestDaemon, mark: string): Promise<readonly string[]> {
  const filters = { label: [`test=${mark}`] };
  const [containers, networks, { Volumes }] = await Promise.all([
    client.listContainers({ all: true, filters }),
    client.listNetworks({ filters }),
    client.listVolumes({ filters }),
  ]);
  return [
    ...containers.flatMap(({ Names }) => Names.map((name) => name.slice(1))),
    ...networks.map(({ Name }) => Name),
    ...Volumes.map(({ Name }) => Name),
  ].sort();
}

export const labelled = (mark: string) => [{ label: "test", value: mark }];

/** A health check of the test server, as often as Docker takes it. */
export const healthcheck = {
  tests: ["CMD", testServer, "check", "http://127.0.0.1:8080/ready"],
  interval: "1s",
  timeout: "1s",
  retries: 2,
};

/** A container of the test server that is waited for. */
export const server = (
  name: string,
  mark: string,
  more: Partial<docker.ContainerArgs> = {},
  dependsOn: docker.Container[] = [],
): docker.Container =>
  new docker.Container(
    name,
    { image, labels: labelled(mark), healthcheck, wait: true, waitTimeout: 20, destroyGraceSeconds: 2, ...more },
    { dependsOn, deleteBeforeReplace: false, replaceOnChanges: ["#initerror"] },
  );
