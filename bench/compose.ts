import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { type ComposeDocument, composeDocument } from "../components/targets/compose/document.ts";
import { type ComposeArgs, secretFileName, secretVariable } from "../components/targets/compose/service.ts";
import { type SecretName, secretFileText, secretNames, type WorkloadSpec } from "../components/workload/index.ts";
import { connect } from "../offline/docker/daemon/client.ts";
import type { DaemonFeatures } from "../offline/docker/daemon/features.ts";

/** Workloads as a project of Docker Compose, in a folder of its own. */
export interface ComposeProject {
  /** Starts everything, and waits until it is healthy. */
  up(): Promise<void>;
  /** Removes everything, volumes too. */
  down(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * @param compose path of the program.
 * @param host the daemon's address, for DOCKER_HOST.
 */
export async function makeComposeProject(
  compose: string,
  host: string,
  args: Omit<ComposeArgs, "source" | "secretSource">,
  secretValue: (name: SecretName) => string,
): Promise<ComposeProject> {
  // For this user alone; inside, a container's user has to read what it mounts.
  const folder = await mkdtemp(join(tmpdir(), "trading-platform-compose-"));
  const source = ({ name }: WorkloadSpec, path: string): string => join(folder, name, path);
  const secretSource = (name: string): string => join(folder, "secrets", name);
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await chmod(file, 0o444);
  };
  for (const spec of args.workloads) {
    for (const { path, content } of spec.files) await write(source(spec, path), content);
    for (const file of spec.secretFiles)
      await write(secretSource(secretFileName(spec, file)), secretFileText(file, secretValue(file.secret)));
  }
  const document = join(folder, "compose.yml");
  const { features } = await connect({ host });
  await write(document, stringify(within(features, composeDocument({ ...args, source, secretSource }))));
  const secrets = Object.fromEntries(secretNames.map((name) => [secretVariable(name), secretValue(name)]));
  const run = async (...words: readonly string[]): Promise<void> => {
    const env = { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: host, ...secrets };
    await promisify(execFile)(compose, ["--file", document, "--progress", "plain", ...words], { env });
  };
  return {
    up: () => run("up", "--detach", "--wait"),
    down: () => run("down", "--volumes"),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Without what the daemon is too old for, as on the Docker target; Compose would refuse it. */
function within({ startInterval }: DaemonFeatures, document: ComposeDocument): ComposeDocument {
  if (startInterval) return document;
  const services = Object.entries(document.services).map(([name, service]) => {
    const { start_interval: _, ...healthcheck } = service.healthcheck ?? {};
    return [name, service.healthcheck === undefined ? service : { ...service, healthcheck }];
  });
  return { ...document, services: Object.fromEntries(services) };
}
