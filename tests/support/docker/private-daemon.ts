import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import Docker from "dockerode";
import { installDebian } from "../../../cli/setup/debian.ts";
import { isAlive } from "../../../cli/setup/lock.ts";
import { bridgeFile, bridgeOf, removeStaleLinks } from "./bridges.ts";
import { removeDaemonFolder } from "./daemon-folder.ts";

const run = promisify(execFile);

/** A daemon started by a test, as root. */
export interface PrivateDaemon {
  readonly docker: Docker;
  readonly host: string;
  readonly testsOwn: true;
  readonly directory: string;
  readonly pid: number;
  /** As `systemctl restart docker`. */
  restart(): Promise<void>;
  /** Ends the daemon and removes everything that was on it. */
  release(): Promise<void>;
}

/** Root of what the private daemons of this machine keep. */
export const daemonsFolder = join(tmpdir(), "trading-platform-dockerd");

/**
 * Starts dockerd with everything of its own: data, socket, bridge, addresses, containerd namespaces. Installs Debian's
 * `docker.io` where it is missing.
 * @param network "own": in a network namespace, so that neither firewall nor ports touch the machine's.
 */
export async function startPrivateDaemon(options: {
  readonly network: "own" | "machine";
  /** Default: a new folder among the temporary files. */
  readonly directory?: string;
}): Promise<PrivateDaemon> {
  const dockerd = await installed();
  const directory = options.directory ?? (await mkdtemp(`${daemonsFolder}-`));
  const host = `unix://${join(directory, "docker.sock")}`;
  await removeStaleLinks(daemonsFolder);
  const number = await freeNumber();
  const bridge = bridgeOf(number);
  const words = [
    ...["--data-root", join(directory, "data"), "--exec-root", join(directory, "exec"), "--host", host],
    ...["--pidfile", join(directory, "dockerd.pid"), "--bridge", bridge],
    ...["--default-address-pool", `base=10.${number}.128.0/17,size=24`],
    ...["--containerd-namespace", bridge, "--containerd-plugins-namespace", `${bridge}-plugins`],
    ...["--log-level", "warn"],
  ];
  const makeBridge = [
    "ip link set lo up",
    `ip link show ${bridge} >/dev/null 2>&1 || ip link add ${bridge} type bridge`,
    `ip address replace 10.${number}.0.1/17 dev ${bridge}`,
    `ip link set ${bridge} up`,
    `exec ${[dockerd, ...words].join(" ")}`,
  ].join(" && ");
  const shell = ["/bin/sh", "-c", makeBridge];
  const [program = "", ...rest] = options.network === "own" ? ["unshare", "--net", ...shell] : shell;
  const log = join(directory, "dockerd.log");
  await writeFile(join(directory, bridgeFile), bridge);
  const docker = new Docker({ socketPath: join(directory, "docker.sock"), host: undefined, protocol: "http" });
  const boot = async (): Promise<ChildProcess> => {
    const output = openSync(log, "a");
    // In a group and session of its own: a Ctrl-C in the terminal reaches the tests first, which end it in good order.
    const daemon = spawn(program, rest, { stdio: ["ignore", output, output], detached: true });
    daemon.unref();
    await untilAnswers(docker, daemon, log);
    return daemon;
  };
  let daemon = await boot();
  return {
    docker,
    host,
    testsOwn: true,
    directory,
    pid: daemon.pid ?? 0,
    restart: async () => {
      await end(daemon.pid ?? 0);
      daemon = await boot();
    },
    release: () => stopPrivateDaemon({ docker, directory, pid: daemon.pid ?? 0 }),
  };
}

/** Removes what is on a daemon, ends it and removes its folder. */
export async function stopPrivateDaemon(of: {
  readonly docker: Docker;
  readonly directory: string;
  readonly pid: number;
}): Promise<void> {
  const containers = await of.docker.listContainers({ all: true }).catch(() => []);
  await Promise.all(containers.map(({ Id }) => of.docker.getContainer(Id).remove({ force: true, v: true }))).catch(
    () => {},
  );
  // Their bridges would stay on the machine.
  await of.docker.pruneNetworks().catch(() => {});
  await end(of.pid);
  const bridge = await readFile(join(of.directory, bridgeFile), "utf8");
  // Gone already where it was in a network namespace.
  await run("ip", ["link", "delete", bridge]).catch(() => {});
  await removeDaemonFolder(of.directory);
}

/** Whether a daemon answers there. */
export const answers = (docker: Docker): Promise<boolean> =>
  docker.ping().then(
    () => true,
    () => false,
  );

async function end(pid: number): Promise<void> {
  if (pid === 0 || !isAlive(pid)) return;
  process.kill(pid, "SIGTERM");
  for (let waited = 0; isAlive(pid) && waited < 300; waited++) await sleep(100);
  if (isAlive(pid)) process.kill(pid, "SIGKILL");
}

async function untilAnswers(docker: Docker, daemon: ChildProcess, log: string): Promise<void> {
  for (let waited = 0; waited < 600 && daemon.exitCode === null; waited++) {
    if (await answers(docker)) return;
    await sleep(100);
  }
  const said = (await readFile(log, "utf8").catch(() => "")).split("\n").slice(-10).join("\n");
  throw new Error(`dockerd does not answer:\n${said}`);
}

const usualPath = "/usr/sbin/dockerd";

async function installed(): Promise<string> {
  if (existsSync(usualPath)) return usualPath;
  // Its service would take the default socket and the machine's firewall.
  const policy = "/usr/sbin/policy-rc.d";
  if (!existsSync(policy)) await writeFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  await installDebian(["docker.io", "iptables", "iproute2"]);
  return usualPath;
}

/** The second number of a 10.x network that no route, and no bridge of another daemon of the tests, has here. */
async function freeNumber(): Promise<number> {
  const routes = (await readFile("/proc/net/route", "utf8")).split("\n").map((line) => line.split("\t")[1] ?? "");
  const taken = new Set(routes.filter((it) => it.endsWith("0A")).map((it) => Number.parseInt(it.slice(4, 6), 16)));
  const links = await readdir("/sys/class/net");
  const candidates = Array.from({ length: 90 }, (_, index) => 130 + ((index * 37 + process.pid) % 90));
  const free = candidates.find((number) => !taken.has(number) && !links.includes(bridgeOf(number)));
  if (free === undefined) throw new Error("every 10.130-219.0.0/16 is in use on this machine");
  return free;
}
