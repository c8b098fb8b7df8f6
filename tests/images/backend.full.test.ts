import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { provideImages } from "../../cli/images/provide.ts";
import { storeOf } from "../../cli/images/store.ts";
import { wantedImages } from "../../cli/images/wanted.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { imageReference, type WorkloadSpec } from "../../components/workload/index.ts";
import { connect } from "../../offline/docker/daemon/client.ts";
import { wordFor } from "../contract/log-level.ts";
import { dockerDaemon } from "../support/docker/daemon.ts";
import { settingsOf } from "../support/stacks.ts";
import { levelIn } from "./log-levels.ts";
import { type Bench, clear, probeCommands, runIn, runWorkload } from "./run.ts";

const settings = settingsOf("dev");
const workloads = membersOf(describePlatform(settings)).filter(isWorkload);
const testDaemon = await dockerDaemon();

describe.skipIf(testDaemon === undefined)("the backend's image beside database and cache", { timeout: 180_000 }, () => {
  let bench: Bench;
  /** Addresses of database and cache: alone on the daemon's own network they have no names. */
  let addresses: Readonly<Record<string, string>>;

  beforeAll(async () => {
    if (testDaemon === undefined) return;
    vi.stubEnv("DOCKER_HOST", testDaemon.host);
    const daemon = await connect({});
    await provideImages(wantedImages(settings, ["postgres", "redis", "backend"]), true, storeOf(daemon));
    const mark = `backend-test-${process.pid}`;
    bench = { daemon, mark, probeVolume: `${mark}-probe`, secretValue: (name) => `value-of-${name}-in-this-test` };
    const addressOf = async (name: string) => {
      const { NetworkSettings } = await (await runWorkload(specOf(name), bench)).inspect();
      return Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? "";
    };
    addresses = { DATABASE_HOST: await addressOf("database"), CACHE_HOST: await addressOf("cache") };
  }, 600_000);
  afterAll(async () => {
    if (bench !== undefined) await clear(bench);
    vi.unstubAllEnvs();
    await testDaemon?.release();
  });

  test.each(["backend", "worker"])("%s becomes healthy as its user, and ends in good order", async (name) => {
    const spec = specOf(name);
    const running = await runWorkload({ ...spec, variables: { ...spec.variables, ...addresses } }, bench);
    for (const command of probeCommands(spec)) {
      expect({ command, ...(await runIn(running, command)) }).toMatchObject({ command, code: 0 });
    }
    const { output } = await runIn(running, [
      "wget",
      "-q",
      "-O",
      "-",
      `http://127.0.0.1:${spec.variables.PORT}/api/v1/health/detailed`,
    ]);
    expect(JSON.parse(output)).toMatchObject({ status: "healthy", service: name, version: settings.images.version });
    expect(await levelIn(running, spec)).toBe(wordFor(imageReference(spec.image), settings.logs.level));
    const { Processes } = await running.top({ ps_args: "-o pid,uid,gid" });
    for (const [, ...ids] of Processes) expect(ids).toEqual(["10001", "10001"]);
    await running.stop({ t: spec.placement.rollout.stopGracePeriod.seconds });
    expect((await running.inspect()).State).toMatchObject({ ExitCode: 0, OOMKilled: false });
  });
});

function specOf(name: string): WorkloadSpec {
  const spec = workloads.find((workload) => workload.name === name);
  if (spec === undefined) throw new Error(`${name} is no workload`);
  return spec;
}
