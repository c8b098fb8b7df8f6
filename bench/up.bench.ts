import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Benchmark } from "../cli/bench/benchmarks.ts";
import { componentOf, containersOf } from "../cli/docker/daemon.ts";
import { developerHome } from "../cli/engine/developer/home.ts";
import { root } from "../cli/root.ts";
import { ensureCompose } from "../cli/setup/compose.ts";
import { probeImage } from "../components/blueprint.ts";
import { describePlatform, isWorkload, membersOf } from "../components/specification.ts";
import { dockerSection } from "../components/targets/docker/section.ts";
import { daemonAddress } from "../offline/docker/daemon/address.ts";
import { namespace } from "../stacks/error.ts";
import { readSettings } from "../stacks/read.ts";
import { type DevStack, makeDevStack } from "../tests/e2e/docker/dev-stack.ts";
import { dockerDaemon, type TestDaemon } from "../tests/support/docker/daemon.ts";
import { inSeconds, median, pairs, ratio } from "./bench.ts";
import { type ComposeProject, makeComposeProject } from "./compose.ts";

/** Where both answer: not where a developer's own dev does. */
const address = "127.0.77.9";
const rounds = 3;

const benchmark: Benchmark = {
  name: "up",
  what: "up of the whole dev platform, images there, against docker compose up --wait of the same containers (≤ 1.25×); an up that changes nothing, against the first (≤ 0.30×)",
  run: async () => {
    const daemon = await dockerDaemon();
    if (daemon === undefined) throw new Error("there is no Docker daemon to measure on");
    try {
      const dev = await makeDevStack(daemon, address, join(root, "index.ts"));
      try {
        return await compare(dev, daemon);
      } finally {
        await dev.remove();
      }
    } finally {
      await daemon.release();
    }
  },
};

async function compare(dev: DevStack, daemon: TestDaemon): Promise<readonly (readonly string[])[]> {
  // Gets the images, and shows what runs here.
  await up(dev);
  const running = new Set((await containersOf({ docker: daemon.docker, stack: "dev" })).map(componentOf));
  await dev.clear();
  const project = await composeProject(daemon, running);
  try {
    const unchanged: number[] = [];
    const results = await pairs(
      rounds,
      async () => {
        const first = await up(dev);
        unchanged.push(await up(dev));
        await dev.clear();
        return first;
      },
      async () => {
        const taken = await seconds(() => project.up());
        await project.down();
        return taken;
      },
    );
    const [ours, theirs] = [median(results.map(([a]) => a)), median(results.map(([, b]) => b))];
    const again = median(unchanged);
    return [
      ["measured", "seconds", "against", "seconds", "ratio"],
      [
        `up, ${running.size} workloads`,
        inSeconds(ours),
        "docker compose up --wait",
        inSeconds(theirs),
        ratio(ours, theirs),
      ],
      ["up that changes nothing", inSeconds(again), "the first", inSeconds(ours), ratio(again, ours)],
    ];
  } finally {
    await project.remove();
  }
}

async function composeProject(daemon: TestDaemon, running: ReadonlySet<string>): Promise<ComposeProject> {
  const { socket } = daemonAddress(daemon.host);
  const docker = { loopbackAddress: address, publicAddress: address, ...(socket === undefined ? {} : { socket }) };
  const settings = readSettings({ stack: "dev", config: { target: "docker", docker } });
  const all = membersOf(describePlatform(settings)).map(({ name }) => name);
  const there = { ...settings, without: all.filter((name) => !running.has(name)) };
  const workloads = membersOf(describePlatform(there)).filter(isWorkload);
  const secrets = z
    .record(z.string(), z.string())
    .parse(JSON.parse(await readFile(developerHome().secretsFile, "utf8")));
  return makeComposeProject(
    await ensureCompose(),
    daemon.host,
    {
      workloads,
      section: dockerSection.parse(docker),
      naming: { project: namespace, stack: "compose", environment: settings.environment },
      probeImage: probeImage(settings),
    },
    (name) => secrets[name] ?? "unused",
  );
}

/** Seconds that it takes; throws where it fails, so that nothing fast and wrong is measured. */
const up = (dev: DevStack): Promise<number> =>
  seconds(async () => {
    const { refusal, printed } = await dev.run("up");
    if (refusal !== undefined) throw new Error(`${refusal}\n${printed}`);
  });

async function seconds(action: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}

export default benchmark;
