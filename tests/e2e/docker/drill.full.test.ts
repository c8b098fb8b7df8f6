import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { componentOf, containersOf } from "../../../cli/docker/daemon.ts";
import { isWell, statusOf } from "../../../cli/docker/status.ts";
import { drills } from "../../../cli/drill/catalogue.ts";
import { burning } from "../../../cli/drill/faults/host.ts";
import { helpersOf } from "../../../cli/drill/helpers.ts";
import { drillsTable } from "../../../cli/drill/report.ts";
import { drillSession } from "../../../cli/drill/session.ts";
import { developerHome } from "../../../cli/engine/developer/home.ts";
import { describePlatform, isWorkload } from "../../../components/specification.ts";
import { readStackFile } from "../../../stacks/files.ts";
import { readSettings } from "../../../stacks/read.ts";
import { dockerDaemon } from "../../support/docker/daemon.ts";
import { until } from "../../support/process.ts";
import { type DevStack, firstUp, makeDevStack } from "./dev-stack.ts";
import { endedWhen } from "./ended-when.ts";

const daemon = await dockerDaemon();

/** At `--size=issue` all, for which the machine must have nothing else to do: one of them shows a busy one. */
const isIssue = process.env.TEST_SIZE === "issue";
const chosen = isIssue ? drills.map(({ alert }) => alert) : ["RedisDown"];

/** What this page does not come from. */
const without = isIssue
  ? []
  : ["grafana", "loki", "promtail", "cadvisor", "node-exporter", "blackbox-exporter", "frontend"];

describe.skipIf(daemon === undefined)("drills of a running dev", { timeout: 5_400_000 }, () => {
  let dev: DevStack;
  beforeAll(async () => {
    if (daemon === undefined) return;
    dev = await makeDevStack(daemon, "127.0.77.8");
    await dev.settings({ "trading-platform:without": without, "trading-platform:backend": { faults: true } });
    const { refusal, printed } = await dev.run("up");
    expect(refusal, printed).toBeUndefined();
  }, firstUp);
  afterAll(async () => {
    await dev?.remove();
    await daemon?.release();
  }, 180_000);

  const containers = () => containersOf({ docker: daemon?.docker ?? expect.unreachable(), stack: "dev" });
  const runs = async (component: string): Promise<boolean> =>
    (await containers()).some((each) => componentOf(each) === component && each.State === "running");
  const isGone = (component: string) => () =>
    until(`${component} is stopped`, async () => ((await runs(component)) ? undefined : true));
  const isJournalThere = (): boolean => existsSync(join(developerHome().directory, "drills-dev.json"));
  const unwell = async () => statusOf([], await containers()).filter((row) => !isWell(row));

  const drilled = async (alerts: readonly string[], yes: boolean) => {
    const said: string[] = [];
    const outcomes = await drillSession({
      checkout: dev.checkout,
      stack: "dev",
      alerts,
      interrupt: new AbortController().signal,
      say: (line) => said.push(line),
      confirm: async () => yes,
    });
    return { outcomes, said };
  };

  test("who is asked and says no breaks nothing", async () => {
    expect((await drilled(["RedisDown"], false)).outcomes).toEqual([]);
    expect(isJournalThere()).toBe(false);
    expect(await unwell()).toEqual([]);
  });

  test("what burdens the host runs, and what cannot run is told with what it said", async () => {
    const { application } = describePlatform(readSettings(readStackFile(dev.checkout, "dev")));
    const docker = daemon?.docker ?? expect.unreachable();
    const helpers = helpersOf(docker, "dev", application.filter(isWorkload));
    const words = ["node", "-e", "console.error('out of fuel'); process.exit(3)"];
    await expect(helpers.start("HighCpuUsage", { words })).rejects.toThrow(/a helper failed \(3\): out of fuel/);

    await helpers.start("HighCpuUsage", burning);
    const [burner] = await docker.listContainers({ filters: { label: ["drill=HighCpuUsage"] } });
    await until("it has burned a second", async () => {
      const { cpu_stats } = await docker.getContainer(burner?.Id ?? "").stats({ stream: false });
      return cpu_stats.cpu_usage.total_usage > 1e9 ? true : undefined;
    });
    await helpers.remove("HighCpuUsage");
    expect(await docker.listContainers({ all: true, filters: { label: ["drill=HighCpuUsage"] } })).toEqual([]);
  });

  test("one that is interrupted repairs first", async () => {
    const ending = { signal: "SIGINT", reached: isGone("backend") } as const;
    expect(await endedWhen(["drill.ts", dev.checkout, "BackendDown"], ending)).toBe(130);
    expect(isJournalThere()).toBe(false);
    expect(await unwell()).toEqual([]);
  });

  test("what one that is killed has broken, the next one repairs; then everybody is told as promised", async () => {
    const ending = { signal: "SIGKILL", reached: isGone("cache") } as const;
    expect(await endedWhen(["drill.ts", dev.checkout, "RedisDown"], ending)).toBe("SIGKILL");
    expect(isJournalThere()).toBe(true);
    expect(await runs("cache")).toBe(false);

    const { outcomes, said } = await drilled(chosen, true);
    expect(said[0]).toBe("repaired what an earlier drill left: RedisDown");
    console.log(drillsTable(outcomes, new Map()));
    // Those that are told at once come first.
    expect(outcomes.map(({ alert }) => alert).sort()).toEqual([...chosen].sort());
    // How late is shown, and judged by no test: other tests run beside this one.
    const problems = outcomes.flatMap((outcome) => outcome.problems.filter((problem) => !/^too late/.test(problem)));
    expect(problems).toEqual([]);
    expect(isJournalThere()).toBe(false);
    expect(await unwell()).toEqual([]);
  });
});
