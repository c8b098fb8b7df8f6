import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { catalogue, isRecipe } from "../../../cli/images/catalogue.ts";
import { provideImages } from "../../../cli/images/provide.ts";
import { storeOf } from "../../../cli/images/store.ts";
import { wantedImages } from "../../../cli/images/wanted.ts";
import { baseFile } from "../../../cli/render/compose.ts";
import { root } from "../../../cli/root.ts";
import { ensureCompose } from "../../../cli/setup/compose.ts";
import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import { hostPorts } from "../../../components/targets/docker/ports.ts";
import { imageReference, replicasOf, type WorkloadSpec } from "../../../components/workload/index.ts";
import { daemonAddress } from "../../../offline/docker/daemon/address.ts";
import { connect } from "../../../offline/docker/daemon/client.ts";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { settingsOf } from "../../support/stacks.ts";

/**
 * The checked-in files, brought up by Docker Compose. In a copy of them, because this machine is no newcomer's: ports on
 * an address of this test's own, the tests' daemon in place of /var/run/docker.sock, no Grafana (its image cannot be
 * built here), and no `start_interval` where the daemon is older than it.
 */

const address = "127.0.77.21";
const devFile = "docker-compose.dev.yml";
const project = "trading-platform-compose-dev";
const upSamples = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.object({ job: z.string() }), value: z.tuple([z.number(), z.string()]) })),
  }),
});
const run = promisify(execFile);
const daemon = await dockerDaemon();
const settings = settingsOf("dev", "docker", { without: ["grafana"] });
const workloads = membersOf(describePlatform(settings)).filter(isWorkload);

describe.skipIf(daemon === undefined)("docker compose up", { timeout: 300_000 }, () => {
  let folder: string;
  let compose: (...words: readonly string[]) => Promise<string>;
  let containers: readonly Docker.ContainerInspectInfo[];

  beforeAll(async () => {
    if (daemon === undefined) return;
    vi.stubEnv("DOCKER_HOST", daemon.host);
    const client = await connect({});
    const built = catalogue.filter(isRecipe).map(({ name }) => name);
    await provideImages(wantedImages(settings, built), true, storeOf(client));
    folder = await mkdtemp(join(tmpdir(), "compose-e2e-"));
    await copyFor(folder, daemon.host, client.features.startInterval);
    await run(join(root, "tools", "compose", "secrets.sh"), ["dev"], { cwd: folder });
    const program = await ensureCompose();
    compose = async (...words) => {
      const env = { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: daemon.host };
      const files = ["--file", baseFile, "--file", devFile, "--progress", "plain"];
      return (await run(program, [...files, ...words], { cwd: folder, env, maxBuffer: 1e8 })).stdout;
    };
    await compose("down", "--volumes");
    const names = workloads.map(({ name }) => name);
    await compose("up", "--no-build", "--pull", "never", "--detach", "--wait", "--wait-timeout", "300", ...names);
    const running = await daemon.docker.listContainers({
      filters: { label: [`com.docker.compose.project=${project}`] },
    });
    containers = await Promise.all(running.map(({ Id }) => daemon.docker.getContainer(Id).inspect()));
    // The first time every image is built.
  }, 3_600_000);

  afterAll(async () => {
    if (folder !== undefined) {
      await compose?.("down", "--volumes");
      await rm(folder, { recursive: true });
    }
    vi.unstubAllEnvs();
    await daemon?.release();
  }, 180_000);

  const of = ({ name }: WorkloadSpec) =>
    containers.filter(({ Config }) => Config.Labels["com.docker.compose.service"] === name);

  test("every workload runs, healthy, as its spec says [requirement environment/development]", () => {
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
        cpus: spec.resources.cpu.limit / 1000,
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
  test("loopback ports are open at the loopback, and no other port of any container", () => {
    const open = containers.flatMap(({ NetworkSettings }) =>
      Object.entries(NetworkSettings.Ports).flatMap(([port, bound]) =>
        (bound ?? []).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort} ${port}`),
      ),
    );
    const stated = workloads.flatMap((spec) => hostPorts(spec).map(({ number }) => number));
    const numbers = open.map((each) => Number(/:(\d+) /.exec(each)?.[1]));
    expect(numbers.sort()).toEqual(stated.sort());
    expect(open.filter((each) => !each.startsWith(`${address}:`))).toEqual([]);
  });

  test.each([
    ["the gateway", 80, "/-/ready"],
    ["the page", 80, "/"],
    ["the backend", 8000, "/api/v1/health"],
    ["the backend", 8000, "/api/v1/health/detailed"],
    ["prometheus", 9090, "/-/ready"],
    ["alertmanager", 9093, "/-/ready"],
    ["loki", 3100, "/ready"],
  ])("%s answers on port %i: %s", async (_, port, path) => {
    const answer = await fetch(`http://${address}:${port}${path}`, { signal: AbortSignal.timeout(20_000) });
    expect(answer.status).toBe(200);
  });

  test("Prometheus finds everything that it should scrape", async () => {
    const wanted = workloads.filter(({ scrape }) => scrape !== undefined).map(({ name }) => name);
    await vi.waitFor(
      async () => {
        const answer = await fetch(`http://${address}:9090/api/v1/query?query=up`);
        const { data } = upSamples.parse(await answer.json());
        const well = new Set(data.result.filter(({ value }) => value[1] === "1").map(({ metric }) => metric.job));
        expect([...well]).toEqual(expect.arrayContaining(wanted));
      },
      { timeout: 60_000, interval: 2_000 },
    );
  });

  test("down leaves nothing", async () => {
    await compose("down", "--volumes");
    const { docker } = daemon ?? {};
    const label = { filters: { label: [`com.docker.compose.project=${project}`] } };
    expect(await docker?.listContainers({ all: true, ...label })).toEqual([]);
    expect((await docker?.listVolumes(label))?.Volumes).toEqual([]);
    expect(await docker?.listNetworks(label)).toEqual([]);
  });
});

async function copyFor(folder: string, host: string, hasStartInterval: boolean): Promise<void> {
  await cp(join(root, "monitoring"), join(folder, "monitoring"), { recursive: true });
  for (const file of [baseFile, devFile]) {
    const text = (await readFile(join(root, file), "utf8"))
      .replaceAll("host_ip: 127.0.0.1", `host_ip: ${address}`)
      .replaceAll("source: /var/run/docker.sock", `source: ${daemonAddress(host).socket}`);
    await writeFile(join(folder, file), hasStartInterval ? text : text.replaceAll(/^ *start_interval: .*\n/gm, ""));
  }
}
