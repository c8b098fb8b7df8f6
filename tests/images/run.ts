import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { generateX25519Identity } from "age-encryption";
import type Docker from "dockerode";
import { containerSettings } from "../../components/targets/docker/container.ts";
import { fileFolders } from "../../components/targets/docker/files.ts";
import { neverStarted } from "../../components/targets/docker/foundation.ts";
import { healthCheck, probeFolder } from "../../components/targets/docker/health.ts";
import { dockerSection } from "../../components/targets/docker/section.ts";
import { imageReference, type SecretName, secretFileText, type WorkloadSpec } from "../../components/workload/index.ts";
import type { Daemon } from "../../offline/docker/daemon/client.ts";
import { container } from "../../offline/docker/daemon/container.ts";
import type { Properties } from "../../offline/value.ts";

/** What a workload is run with in these tests. */
export interface Bench {
  readonly daemon: Daemon;
  /** Volume with the probe binary. */
  readonly probeVolume: string;
  readonly secretValue: (name: SecretName) => string;
  /** Label and prefix of everything that is made. */
  readonly mark: string;
}

/**
 * Starts one workload of the platform alone, as the Docker target describes it, and waits until it is healthy. Throws
 * with its last log lines where it does not become so. Its networks and published ports are left out: it is alone.
 */
export async function runWorkload(spec: WorkloadSpec, bench: Bench): Promise<Docker.Container> {
  const naming = { project: bench.mark, stack: "dev", environment: "development" };
  const { ports: _, ...settings } = containerSettings(spec, dockerSection.parse({}), naming);
  const image = imageReference(spec.image);
  const folders = fileFolders(spec).map(({ path, slug }) => ({
    volumeName: `${bench.mark}-${spec.name}-${slug}`,
    containerPath: path,
  }));
  const operation = { daemon: bench.daemon, signal: new AbortController().signal, debug: () => {} };
  const labels = [{ label: bench.mark, value: spec.name }];
  if (folders.length > 0) {
    await container.create(
      { ...neverStarted, image, labels, volumes: folders, uploads: uploads(spec, bench) },
      operation,
    );
  }
  const inputs: Properties = {
    ...settings,
    healthcheck: { ...settings.healthcheck },
    labels,
    image,
    networkMode: "bridge",
    restart: "no",
    waitTimeout: 90,
    envs: [
      ...Object.entries(spec.variables).map(([name, value]) => `${name}=${value}`),
      ...spec.secretVariables.map(({ name, secret }) => `${name}=${bench.secretValue(secret)}`),
    ],
    volumes: [
      ...folders.map((folder) => ({ ...folder, readOnly: true })),
      ...ownVolumes(spec, bench),
      ...hostVolumes(spec, bench),
      { volumeName: bench.probeVolume, containerPath: probeFolder, readOnly: true },
    ],
  };
  const { id } = await container.create(inputs, operation);
  return bench.daemon.docker.getContainer(id);
}

const ownVolumes = ({ name, volumes }: WorkloadSpec, { mark }: Bench) =>
  volumes.flatMap((volume) =>
    volume.kind === "persistent" ? [{ volumeName: `${mark}-${name}-${volume.name}`, containerPath: volume.path }] : [],
  );

/** The daemon's own socket and folders may lie elsewhere in a test. */
function hostVolumes({ volumes }: WorkloadSpec, { daemon, mark }: Bench): readonly Properties[] {
  return volumes.flatMap((volume): readonly Properties[] => {
    if (volume.kind !== "host") return [];
    const { name, path, hostPath, readOnly } = volume;
    if (name === "positions") return [{ volumeName: `${mark}-positions`, containerPath: path }];
    const socket = hostPath.endsWith("docker.sock") ? (daemon.address.socket ?? hostPath) : hostPath;
    return [{ hostPath: socket, containerPath: path, readOnly }];
  });
}

function uploads({ files, secretFiles, user }: WorkloadSpec, { secretValue }: Bench) {
  const group = user.kind === "root" ? "0" : String(user.gid);
  return [
    ...files.map(({ path, content }) => ({ file: path, content, permissions: "0444" })),
    ...secretFiles.map((file) => ({
      file: file.path,
      content: secretFileText(file, secretValue(file.secret)),
      permissions: "0440",
      group,
    })),
  ];
}

/** The commands by which Docker makes each of a workload's checks. */
export function probeCommands(spec: WorkloadSpec): readonly (readonly string[])[] {
  const { liveness, readiness, startup } = spec.probes;
  return [liveness, readiness, ...(startup === undefined ? [] : [startup])].map((check) => {
    const [kind, ...words] = healthCheck({ ...spec, probes: { ...spec.probes, readiness: check } }).tests;
    expectCommand(kind);
    return words;
  });
}

function expectCommand(kind: string | undefined): asserts kind is "CMD" {
  if (kind !== "CMD") throw new Error(`a health check of kind ${kind} is not run as its words are`);
}

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a command in a running container, as its health check does. */
export async function runIn(running: Docker.Container, words: readonly string[]): Promise<Ran> {
  const command = await running.exec({ Cmd: [...words], AttachStdout: true, AttachStderr: true, Tty: true });
  const output = await text(await command.start({ Tty: true }));
  const { ExitCode } = await command.inspect();
  return { code: ExitCode, output };
}

/** Removes everything that was made. */
export async function clear({ daemon: { docker }, mark }: Pick<Bench, "daemon" | "mark">): Promise<void> {
  const containers = await docker.listContainers({ all: true, filters: { label: [mark] } });
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  const { Volumes } = await docker.listVolumes();
  const own = Volumes.filter(({ Name }) => Name.startsWith(`${mark}-`));
  await Promise.all(own.map(({ Name }) => docker.getVolume(Name).remove()));
}

/** A value for every secret; certificate and key belong together. */
export async function testSecrets(): Promise<Bench["secretValue"]> {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  try {
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    const files = ["-subj", "/CN=localhost", "-keyout", key, "-out", certificate];
    execFileSync("openssl", [...words, ...files], { stdio: "ignore" });
    const pair: Partial<Record<SecretName, string>> = {
      tlsCertificate: readFileSync(certificate, "utf8"),
      tlsPrivateKey: readFileSync(key, "utf8"),
      backupKey: await generateX25519Identity(),
    };
    return (name) => pair[name] ?? `http://value-of-${name}.test/`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
