import { statfs } from "node:fs/promises";
import { createServer } from "node:net";
import type { Daemon } from "../../offline/docker/daemon/client.ts";
import { UserError } from "../console/error.ts";
import type { Step } from "../engine/result.ts";
import {
  type Disk,
  type DockerHost,
  type PublishedPort,
  preflightProblems,
  type WantedPort,
  wantedPorts,
} from "./preflight.ts";

/** By these labels everything on a daemon says whose it is. */
interface Owner {
  readonly project: string;
  readonly stack: string;
}

/**
 * Refuses a plan that the daemon cannot carry out, before anything is touched: ports of the host in use, disk nearly full. Throws a UserError that names everything that stands in the way.
 */
export async function requireRoom(steps: readonly Step[], owner: Owner, daemon: Daemon): Promise<void> {
  const problems = await preflightProblems(wantedPorts(steps), await dockerHost(owner, daemon));
  if (problems.length > 0) throw new UserError(`${owner.stack}: ${problems.join(`\n${owner.stack}: `)}`);
}

async function dockerHost(owner: Owner, daemon: Daemon): Promise<DockerHost> {
  const isHere = daemon.address.socket !== undefined;
  const [published, disk] = await Promise.all([publishedPorts(daemon, owner), isHere ? diskOf(daemon) : undefined]);
  return { published, listening: isHere ? listening : async () => undefined, ...(disk === undefined ? {} : { disk }) };
}

async function publishedPorts({ docker }: Daemon, owner: Owner): Promise<readonly PublishedPort[]> {
  const containers = await docker.listContainers();
  return containers.flatMap(({ Names: [name = ""], Labels, Ports }) =>
    Ports.filter(({ PublicPort }) => PublicPort !== undefined).map(({ IP, PublicPort, Type }) => ({
      container: name.replace(/^\//, ""),
      ip: IP || "0.0.0.0",
      port: PublicPort,
      protocol: Type,
      own: Labels.project === owner.project && Labels.stack === owner.stack,
    })),
  );
}

/** The folder is another machine's where Docker runs in a virtual one. */
async function diskOf({ docker }: Daemon): Promise<Disk | undefined> {
  const { DockerRootDir: folder }: { DockerRootDir?: unknown } = await docker.info();
  if (typeof folder !== "string") return undefined;
  return statfs(folder).then(
    ({ bavail, bsize }) => ({ folder, freeBytes: bavail * bsize }),
    () => undefined,
  );
}

/** Listens there for a moment. Without the right to (ports below 1024) nothing is known. */
function listening({ ip, port, protocol }: WantedPort): Promise<string | undefined> {
  if (protocol !== "tcp") return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    server.listen({ host: ip, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
