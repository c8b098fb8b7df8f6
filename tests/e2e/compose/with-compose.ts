import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { catalogue, isRecipe } from "../../../cli/images/catalogue.ts";
import { provideImages } from "../../../cli/images/provide.ts";
import { storeOf } from "../../../cli/images/store.ts";
import { wantedImages } from "../../../cli/images/wanted.ts";
import { baseFile, type ComposePlace } from "../../../cli/render/compose.ts";
import { root } from "../../../cli/root.ts";
import { ensureCompose } from "../../../cli/setup/compose.ts";
import type { Settings } from "../../../components/settings.ts";
import { hostPorts } from "../../../components/targets/docker/ports.ts";
import { imageReference, replicasOf, type WorkloadSpec } from "../../../components/workload/index.ts";
import { daemonAddress } from "../../../offline/docker/daemon/address.ts";
import { connect, type Daemon } from "../../../offline/docker/daemon/client.ts";
import { checkoutVersion } from "../../../stacks/product-versions.ts";
import type { TestDaemon } from "../../support/docker/daemon.ts";

/** What Compose brought up: a test's to read inside a test, and there by then. */
export interface WithCompose {
  /** Those that run. */
  readonly workloads: readonly WorkloadSpec[];
  /** A copy of what a user's checkout has of it: the files, `monitoring/`, `.env` and `secrets/`. */
  readonly folder: string;
  readonly docker: Docker;
  /** Runs a line that a user is told to run, `docker compose …`, in a shell; what it prints. */
  shell(line: string): Promise<string>;
}

interface Options {
  readonly place: ComposePlace;
  /** Of this test alone, all on the machine's loopback: in place of the host's loopback, and of all that it has. */
  readonly addresses: { readonly loopback: string; readonly public: string };
  /** Puts into `secrets/` what the script asks people for. */
  readonly people?: (secretsFolder: string) => Promise<void>;
  /** Prometheus's answer to a query. */
  readonly measured: (query: string, the: WithCompose) => Promise<unknown>;
}

/** Whose image cannot be had without a registry. */
const leftOut = "grafana";
const run = promisify(execFile);
const upSamples = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.object({ job: z.string() }), value: z.tuple([z.number(), z.string()]) })),
  }),
});

/**
 * Tests of the checked-in files, brought up by Docker Compose before the first of them: that everything is as the specs
 * say, `tests`, and that nothing is left. In a copy of the files, because this machine is no user's: see {@link copyFor}.
 * @param daemon without one they are skipped.
 */
export function withCompose(
  title: string,
  daemon: TestDaemon | undefined,
  options: Options,
  tests: (the: WithCompose) => void,
): void {
  const { place } = options;
  const workloads = place.workloads.filter(({ name }) => name !== leftOut);
  const ofProject = { filters: { label: [`com.docker.compose.project=${place.document.name}`] } };

  describe.skipIf(daemon === undefined)(title, { timeout: 300_000 }, () => {
    let folder: string | undefined;
    let compose: ((...words: readonly string[]) => Promise<void>) | undefined;
    let containers: readonly Docker.ContainerInspectInfo[] = [];
    const the: WithCompose = {
      workloads,
      get folder() {
        return folder ?? expect.unreachable("nothing is brought up yet");
      },
      get docker() {
        return daemon?.docker ?? expect.unreachable("there is no daemon");
      },
      shell: async (line) => {
        // The tests have Compose as a program by itself.
        const own = line.replaceAll("docker compose", await ensureCompose());
        const env = environmentOf(the.folder, daemon?.host ?? "");
        return (await run("sh", ["-c", own], { cwd: "/", env, maxBuffer: 1e8 })).stdout;
      },
    };

    beforeAll(async () => {
      if (daemon === undefined) return;
      vi.stubEnv("DOCKER_HOST", daemon.host);
      const client = await connect({});
      await provide(client, place.settings);
      folder = await mkdtemp(join(tmpdir(), "compose-e2e-"));
      await copyFor(folder, daemon.host, client.features.startInterval, options);
      await makeSecrets(folder, options);
      compose = await composeIn(folder, daemon.host, place.file);
      await compose("down", "--volumes");
      const names = workloads.map(({ name }) => name);
      await compose("up", "--no-build", "--pull", "never", "--detach", "--wait", "--wait-timeout", "600", ...names);
      const running = await daemon.docker.listContainers(ofProject);
      containers = await Promise.all(running.map(({ Id }) => daemon.docker.getContainer(Id).inspect()));
      // The first time every image is built.
    }, 3_600_000);

    afterAll(async () => {
      await compose?.("down", "--volumes");
      if (folder !== undefined) await rm(folder, { recursive: true });
      vi.unstubAllEnvs();
      await daemon?.release();
    }, 180_000);

    const of = ({ name }: WorkloadSpec) =>
      containers.filter(({ Config }) => Config.Labels["com.docker.compose.service"] === name);

    test("every workload runs, healthy, as its spec says", () => {
      for (const spec of workloads) {
        const seen = of(spec).map(({ State, Config, HostConfig }) => ({
          health: State.Health?.Status,
          image: Config.Image,
          user: Config.User,
          memory: HostConfig.Memory,
          cpus: (HostConfig.NanoCpus ?? 0) / 1e9,
          readOnly: HostConfig.ReadonlyRootfs,
          restarts: HostConfig.RestartPolicy?.Name,
        }));
        const stated = {
          health: "healthy",
          image: imageReference(spec.image),
          user: spec.user.kind === "root" ? "0:0" : `${spec.user.uid}:${spec.user.gid}`,
          memory: spec.resources.memory.limit * 1024 * 1024,
          cpus: Math.min(spec.resources.cpu.limit / 1000, cpus().length),
          readOnly: spec.readOnlyRootFilesystem,
          restarts: "unless-stopped",
        };
        expect(seen, spec.name).toEqual(Array.from({ length: replicasOf(spec) }, () => stated));
      }
    });

    test("others find a workload by its name", () => {
      for (const spec of workloads) {
        for (const { NetworkSettings } of of(spec)) {
          const aliases = Object.values(NetworkSettings.Networks).flatMap(({ Aliases }) => Aliases ?? []);
          expect(aliases, spec.name).toContain(spec.name);
        }
      }
    });

    // Those of rolling workloads are internal on one host (docs/targets.md); the gateway has backend's and frontend's.
    test("loopback ports are open at the loopback, public ones to everyone, and no other port of any container", () => {
      const open = containers.flatMap(({ NetworkSettings }) =>
        Object.entries(NetworkSettings.Ports).flatMap(([port, bound]) =>
          (bound ?? []).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort} ${Number.parseInt(port, 10)}`),
        ),
      );
      const stated = workloads.flatMap((spec) =>
        hostPorts(spec).map(({ number, exposure }) => {
          const address = exposure === "public" ? options.addresses.public : options.addresses.loopback;
          return `${address}:${number} ${number}`;
        }),
      );
      expect(open.sort()).toEqual(stated.sort());
    });

    test("Prometheus finds everything that it should scrape, each instance of it", async () => {
      const wanted = workloads.flatMap((spec) =>
        spec.scrape === undefined ? [] : Array.from({ length: replicasOf(spec) }, () => spec.name),
      );
      await vi.waitFor(
        async () => {
          const { data } = upSamples.parse(await options.measured("up", the));
          const well = data.result.filter(({ value }) => value[1] === "1").map(({ metric }) => metric.job);
          expect(well.filter((job) => wanted.includes(job)).sort()).toEqual(wanted.sort());
        },
        { timeout: 60_000, interval: 2_000 },
      );
    });

    tests(the);

    test("down leaves nothing", async () => {
      await compose?.("down", "--volumes");
      const { docker } = daemon ?? {};
      expect(await docker?.listContainers({ all: true, ...ofProject })).toEqual([]);
      expect((await docker?.listVolumes(ofProject))?.Volumes).toEqual([]);
      expect(await docker?.listNetworks(ofProject)).toEqual([]);
    });
  });
}

/** What can be built here, under the names that the file asks for: a release's images are of this checkout too. */
async function provide(client: Daemon, settings: Settings): Promise<void> {
  const names = catalogue.filter(isRecipe).map(({ name }) => name);
  const made = wantedImages({ ...settings, images: { ...settings.images, version: checkoutVersion } }, names);
  await provideImages(made, true, storeOf(client));
  for (const [index, { reference }] of wantedImages(settings, names).entries()) {
    const built = made[index]?.reference ?? reference;
    const colon = reference.lastIndexOf(":");
    const name = { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) };
    if (built !== reference) await client.docker.getImage(built).tag(name);
  }
}

const environmentOf = (folder: string, host: string) => ({ PATH: process.env.PATH, HOME: folder, DOCKER_HOST: host });

async function composeIn(folder: string, host: string, file: string) {
  const program = await ensureCompose();
  const env = environmentOf(folder, host);
  const files = ["--file", baseFile, "--file", file, "--progress", "plain"];
  return async (...words: readonly string[]): Promise<void> => {
    await run(program, [...files, ...words], { cwd: folder, env, maxBuffer: 1e8 });
  };
}

/** As the guide says: the script, what it asks people for, and the script again. */
async function makeSecrets(folder: string, { place, people }: Options): Promise<void> {
  const script = () => run(join(root, "tools", "compose", "secrets.sh"), [place.settings.stack], { cwd: folder });
  if (people !== undefined) {
    await expect(script()).rejects.toThrow("still missing");
    await people(join(folder, "secrets"));
  }
  await script();
}

/**
 * Ports on addresses of this test's own, the tests' daemon in place of /var/run/docker.sock, no limit above the CPUs of this
 * machine (Docker would refuse it), and no `start_interval` where the daemon is older than it.
 */
async function copyFor(
  folder: string,
  host: string,
  hasStartInterval: boolean,
  { place, addresses }: Options,
): Promise<void> {
  await cp(join(root, "monitoring"), join(folder, "monitoring"), { recursive: true });
  for (const file of [baseFile, place.file]) {
    const text = (await readFile(join(root, file), "utf8"))
      .replaceAll("host_ip: 127.0.0.1", `host_ip: ${addresses.loopback}`)
      .replaceAll("host_ip: 0.0.0.0", `host_ip: ${addresses.public}`)
      .replaceAll("source: /var/run/docker.sock", `source: ${daemonAddress(host).socket}`)
      .replaceAll(/(?<=^ +cpus: ")[\d.]+(?=")/gm, (limit) => String(Math.min(Number(limit), cpus().length)));
    await writeFile(join(folder, file), hasStartInterval ? text : text.replaceAll(/^ *start_interval: .*\n/gm, ""));
  }
}
