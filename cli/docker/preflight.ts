import type { Step } from "../engine/result.ts";

/** A port of the Docker host that a container of the plan owns. */
export interface WantedPort {
  /** Name of the container's resource. */
  readonly workload: string;
  readonly ip: string;
  readonly port: number;
  readonly protocol: string;
}

/** A port that a container on the daemon has on the host. */
export interface PublishedPort {
  readonly container: string;
  readonly ip: string;
  readonly port: number;
  readonly protocol: string;
  /** True for a container of the stack itself, which gives the port to its successor. */
  readonly own: boolean;
}

/** What is known of the machine whose daemon is asked; what cannot be seen from here is absent. */
export interface DockerHost {
  readonly published: readonly PublishedPort[];
  /** What a program that wants to listen there is told: nothing, EADDRINUSE, EADDRNOTAVAIL. */
  readonly listening: (wanted: WantedPort) => Promise<string | undefined>;
  readonly disk?: Disk;
}

export interface Disk {
  /** The folder of the daemon's data. */
  readonly folder: string;
  readonly freeBytes: number;
}

/** The ports of the host that a plan's containers will own. */
export const wantedPorts = (steps: readonly Step[]): readonly WantedPort[] =>
  steps
    .filter(({ type, change }) => type === "docker:index/container:Container" && change !== "delete")
    .flatMap(({ name, inputs: { ports } }) => (Array.isArray(ports) ? ports : []).flatMap((it) => portOf(name, it)));

function portOf(workload: string, given: unknown): readonly WantedPort[] {
  if (typeof given !== "object" || given === null) return [];
  const { external, ip, protocol }: { external?: unknown; ip?: unknown; protocol?: unknown } = given;
  // Without a number the daemon chooses one that is free.
  if (typeof external !== "number") return [];
  const address = typeof ip === "string" ? ip : "0.0.0.0";
  return [{ workload, ip: address, port: external, protocol: typeof protocol === "string" ? protocol : "tcp" }];
}

/** Everything that stands in the way of a plan, each with the way out; empty when nothing does. */
export async function preflightProblems(wanted: readonly WantedPort[], host: DockerHost): Promise<readonly string[]> {
  const ports = await Promise.all(wanted.map((port) => portProblem(port, host)));
  return [...ports, host.disk && diskProblem(host.disk)].filter((problem) => problem !== undefined);
}

async function portProblem(wanted: WantedPort, host: DockerHost): Promise<string | undefined> {
  const { workload, ip, port, protocol } = wanted;
  const needs = `${workload} needs port ${port} of ${ip}`;
  const holders = host.published.filter((it) => it.port === port && it.protocol === protocol && overlap(it.ip, ip));
  if (holders.some(({ own }) => own)) return undefined;
  const [holder] = holders;
  if (holder !== undefined) {
    return `${needs}, which container ${holder.container} has: stop it (docker stop ${holder.container}), or give ${workload} another port`;
  }
  switch (await host.listening(wanted)) {
    case "EADDRINUSE":
      return (
        `${needs}, which another program has: find it with \`ss -ltnp 'sport = :${port}'\` ` +
        `(macOS: \`lsof -nP -iTCP:${port} -sTCP:LISTEN\`) and stop it`
      );
    case "EADDRNOTAVAIL":
      return `${needs}, which is no address of this machine: name one that is (\`ip address\`)`;
    default:
      return undefined;
  }
}

/** Two addresses of the host are one another's, or one of them is all. */
const overlap = (one: string, other: string): boolean =>
  one === other || [one, other].some((ip) => ip === "0.0.0.0" || ip === "::");

/** Room for the images of one more release, for logs and for data; below it a daemon fails in the middle of a pull. */
const enoughBytes = 2 * 1024 ** 3;

function diskProblem({ folder, freeBytes }: Disk): string | undefined {
  if (freeBytes >= enoughBytes) return undefined;
  const gigabytes = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1);
  return (
    `the disk of the Docker daemon (${folder}) is nearly full: ${gigabytes(freeBytes)} GB left, ${gigabytes(enoughBytes)} GB are needed; ` +
    "see what takes it with `docker system df`, and free it with `docker image prune --all`"
  );
}
