import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { catalogue, isRecipe } from "../../cli/images/catalogue.ts";
import { recipeLabel } from "../../cli/images/configuration.ts";
import { provideImages } from "../../cli/images/provide.ts";
import { storeOf } from "../../cli/images/store.ts";
import { wantedImages } from "../../cli/images/wanted.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { imageReference, type LogLevel } from "../../components/workload/index.ts";
import { connect } from "../../offline/docker/daemon/client.ts";
import { container } from "../../offline/docker/daemon/container.ts";
import { wordFor } from "../contract/log-level.ts";
import { dockerDaemon } from "../support/docker/daemon.ts";
import { settingsOf } from "../support/stacks.ts";
import { levelIn } from "./log-levels.ts";
import { type Bench, clear, probeCommands, runIn, runWorkload, testSecrets } from "./run.ts";

const settings = settingsOf("dev");
/** Of the environments: each product is asked for the level at which it runs. At CI's size development's alone. */
const levels: readonly LogLevel[] = process.env.TEST_SIZE === "issue" ? ["DEBUG", "INFO", "WARNING"] : ["DEBUG"];
/** The backend is healthy only with its database: backend.full.test.ts runs it. */
const built = catalogue.filter(isRecipe).flatMap(({ name }) => (name === "backend" ? [] : [name]));
const wanted = wantedImages(settings, built);
const workloadsAt = (level: LogLevel) =>
  membersOf(describePlatform(settingsOf("dev", undefined, { logs: { level } }))).filter(isWorkload);
const cases = levels.flatMap((level) =>
  wanted.flatMap(({ reference, entry: { name } }) =>
    workloadsAt(level)
      .filter(({ image }) => imageReference(image) === reference)
      .map((spec) => [name, level, spec] as const),
  ),
);

const testDaemon = await dockerDaemon();

/** Everything is built here if no one has yet: the longest is Loki. */
const buildTime = 40 * 60_000;

describe.skipIf(testDaemon === undefined)("the platform's images on a real daemon", { timeout: 120_000 }, () => {
  let bench: Bench;

  beforeAll(async () => {
    if (testDaemon === undefined) return;
    vi.stubEnv("DOCKER_HOST", testDaemon.host);
    const daemon = await connect({});
    await provideImages(wanted, true, storeOf(daemon));
    const mark = `images-test-${process.pid}`;
    bench = { daemon, mark, probeVolume: `${mark}-probe`, secretValue: await testSecrets() };
    await fillProbeVolume(bench);
  }, buildTime);

  afterAll(async () => {
    if (bench !== undefined) await clear(bench);
    vi.unstubAllEnvs();
    await testDaemon?.release();
  });

  test("each is there under the name that the specs ask for, and says that it is our own", async () => {
    for (const { reference } of wanted) {
      const { Config } = await bench.daemon.docker.getImage(reference).inspect();
      // One that somebody had pulled before stays: the tests below hold for it as well.
      if (Config.Labels?.[recipeLabel] === undefined) console.warn(`${reference} is not our own build`);
      else expect(Config.Labels["org.opencontainers.image.version"]).toMatch(/^\d+\.\d+|^\d+$/);
    }
  });

  test.each(cases)(
    "%s runs as its spec says, at level %s, becomes healthy, and every check of the spec succeeds in it [requirement acceptance/build]",
    async (_, level, spec) => {
      const running = await runWorkload(spec, bench);
      for (const command of probeCommands(spec)) {
        expect({ command, ...(await runIn(running, command)) }).toMatchObject({ command, code: 0 });
      }
      const { Processes } = await running.top({ ps_args: "-o pid,uid,gid" });
      const { user } = spec;
      const owner = user.kind === "root" ? ["0", "0"] : [String(user.uid), String(user.gid)];
      expect(Processes.length).toBeGreaterThan(0);
      for (const [, ...ids] of Processes) expect(ids).toEqual(owner);
      expect(await levelIn(running, spec)).toBe(wordFor(imageReference(spec.image), level));
      await running.remove({ force: true, v: true });
    },
  );
});

/** As the Docker target does: what is in the image at the mounted path is copied into an empty volume. */
async function fillProbeVolume({ daemon, mark, probeVolume }: Bench): Promise<void> {
  const operation = { daemon, signal: new AbortController().signal, debug: () => {} };
  await container.create(
    {
      start: false,
      image: "localhost/trading/probe:0.1.0-dev",
      labels: [{ label: mark, value: "probe" }],
      volumes: [{ volumeName: probeVolume, containerPath: "/probe" }],
    },
    operation,
  );
}
