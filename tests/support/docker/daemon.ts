import { existsSync } from "node:fs";
import Docker from "dockerode";
import { daemonAddress } from "../../../offline/docker/daemon/address.ts";
import { answers, startPrivateDaemon } from "./private-daemon.ts";
import { sharedDaemon, type TestDaemon } from "./shared-daemon.ts";

export type { TestDaemon } from "./shared-daemon.ts";

/**
 * The daemon that is reachable by default, else one of the tests' own, which all test files that run at the time share
 * (two daemons on one machine would take away each other's firewall rules). Undefined, with a printed reason, where there
 * is none and none can be started: tests are skipped then.
 */
export async function dockerDaemon(): Promise<TestDaemon | undefined> {
  const { text, options } = daemonAddress(undefined);
  const docker = new Docker(options);
  if (await answers(docker)) return { docker, host: text, testsOwn: false, release: async () => {} };
  return unlessImpossible(() => sharedDaemon());
}

/**
 * A daemon for one test alone, which may restart it. It has a network of its own as well: ports that its containers
 * publish are not reachable from the test. Undefined, with a printed reason, where none can be started.
 */
export const ownDockerDaemon = async () => unlessImpossible(() => startPrivateDaemon({ network: "own" }));

async function unlessImpossible<Started>(start: () => Promise<Started>): Promise<Started | undefined> {
  const obstacle =
    process.platform !== "linux"
      ? "start Docker Desktop"
      : process.getuid?.() !== 0
        ? "only root can start a daemon; start Docker, or run the tests as root"
        : !existsSync("/etc/debian_version") && !existsSync("/usr/sbin/dockerd")
          ? "install Docker"
          : undefined;
  if (obstacle === undefined) return start();
  console.warn(`tests on a real Docker daemon are skipped: none answers; ${obstacle}`);
  return undefined;
}
