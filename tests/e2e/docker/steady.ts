import { readdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import { table } from "../../../cli/console/table.ts";
import { componentOf, containersOf } from "../../../cli/docker/daemon.ts";
import { demultiplexed } from "../../../offline/docker/daemon/container-log.ts";
import { at, number } from "../../support/json.ts";
import { settingsOf } from "../../support/stacks.ts";
import { linesOf } from "../logging/stored.ts";

/** What a component holds. */
export interface Used {
  /** Mebibytes that its processes have asked for: neither files that the kernel keeps for them, nor what they share. */
  readonly memory: number;
  /** Of its container, in mebibytes. */
  readonly limit: number;
  /** Open files and connections of all its processes. */
  readonly handles: number;
}

/** What each component of dev holds now. */
async function usedBy(docker: Docker): Promise<All> {
  const running = (await containersOf({ docker, stack: "dev" })).filter(({ State }) => State === "running");
  const used = running.map(async (info) => {
    const container = docker.getContainer(info.Id);
    const { memory_stats: memory } = await container.stats({ stream: false, "one-shot": true });
    // cgroups v1, v2.
    const asked = number(at(memory.stats, "total_rss")) ?? number(at(memory.stats, "anon")) ?? memory.usage;
    const { Titles, Processes }: { Titles: string[]; Processes: string[][] } = await container.top();
    const open = Processes.map((row) => handlesOf(Number(row[Titles.indexOf("PID")])));
    const handles = (await Promise.all(open)).reduce((sum, count) => sum + count, 0);
    return [componentOf(info), { memory: asked / 2 ** 20, limit: memory.limit / 2 ** 20, handles }] as const;
  });
  return new Map(await Promise.all(used));
}

/** Milliseconds between two looks. */
const pause = 10_000;

/** The least that each component held in so many looks: what comes and goes is not counted, as what a garbage collector has not collected yet. */
export async function leastUsedBy(docker: Docker, looks: number): Promise<All> {
  let least = await usedBy(docker);
  for (let look = 1; look < looks; look += 1) {
    await delay(pause);
    const now = await usedBy(docker);
    least = new Map(
      [...now].map(([component, { memory, limit, handles }]) => {
        const before = least.get(component) ?? { memory, handles };
        return [
          component,
          { memory: Math.min(memory, before.memory), limit, handles: Math.min(handles, before.handles) },
        ];
      }),
    );
  }
  return least;
}

/** None of a process that has ended meanwhile, as those of health checks do. */
const handlesOf = async (pid: number): Promise<number> => (await readdir(`/proc/${pid}/fd`).catch(() => [])).length;

type All = ReadonlyMap<string, Used>;
const nothing: Used = { memory: 0, limit: 0, handles: 0 };
const percent = (before: number, after: number): number => 100 * (after / before - 1);

/** Mebibytes that a runtime takes at once: less is no growth. */
const grain = 2;

/**
 * They keep what is newest in memory for up to two hours, and grow until then by their design: Prometheus its head block
 * (prometheus.io "Storage"), Loki each stream's chunk (grafana.com/docs/loki, `max_chunk_age`).
 */
const buffering: readonly string[] = ["prometheus", "loki"];
const bufferedSeconds = 7_200;

/** Of its limit, in percent: where ContainerNearMemoryLimit begins to wait. */
const near = settingsOf("dev").alerts.thresholds.containerMemoryPercent;

/**
 * Those that hold over 5 % more memory, or over 10 % and five handles more: connections come and go. Of those that buffer:
 * those that would come near their limit before they have two hours of it.
 */
export function grown(start: All, end: All, seconds: number): readonly string[] {
  return [...start].flatMap(([component, before]) => {
    const after = end.get(component) ?? nothing;
    const more = after.memory - before.memory;
    const handles = after.handles - before.handles;
    const full = after.memory + (more * bufferedSeconds) / seconds;
    const isGrown = buffering.includes(component)
      ? full > (after.limit * near) / 100
      : more > grain && percent(before.memory, after.memory) > 5;
    return [
      ...(isGrown ? [`${component}: ${more.toFixed(1)} MiB more memory, of a limit of ${after.limit.toFixed(0)}`] : []),
      ...(handles > Math.max(5, before.handles / 10) ? [`${component}: ${handles} more handles`] : []),
    ];
  });
}

/** A row a component. */
export function steadyTable(start: All, end: All): string {
  const rows = [...start].map(([component, before]) => {
    const after = end.get(component) ?? nothing;
    const memory = [before.memory.toFixed(1), after.memory.toFixed(1)];
    return [
      component,
      ...memory,
      `${percent(before.memory, after.memory).toFixed(1)}%`,
      `${before.handles}`,
      `${after.handles}`,
    ];
  });
  return table([
    ["component", "MiB at the start", "at the end", "grown", "handles at the start", "at the end"],
    ...rows,
  ]);
}

/** As JSON (`"level":"ERROR"`), logfmt (`level=error`), PostgreSQL and the console write it. A line that says its level is judged by that: Loki's tell of streams, whose labels say others. */
export function isError(line: string): boolean {
  const [, level] = /"level":"(\w+)"/.exec(line) ?? /\blevel=(\w+)/.exec(line) ?? [];
  if (level !== undefined) return /^(?:error|fatal|critical)$/i.test(level);
  return /\b(?:ERROR|FATAL|PANIC|CRITICAL)\b/.test(line);
}

/** Lines of errors that containers of dev have written from a moment on, behind their component's name. */
export async function errorLines(docker: Docker, since: Date): Promise<readonly string[]> {
  const found = (await containersOf({ docker, stack: "dev" })).map(async (container) => {
    const written = await docker
      .getContainer(container.Id)
      .logs({ stdout: true, stderr: true, since: Math.ceil(since.getTime() / 1000) });
    const lines = demultiplexed(written).split("\n");
    return lines.filter(isError).map((line) => `${componentOf(container)}: ${line}`);
  });
  return (await Promise.all(found)).flat();
}

/**
 * What Loki holds of a moment on, behind the service's name. Docker keeps 30 MB of a container's lines: under load, ten minutes
 * of the backend's and seconds of Promtail's.
 * @param url of Loki.
 */
async function storedLines(url: string, query: string, since: Date): Promise<readonly string[]> {
  const found = await linesOf(url, query);
  return found
    .filter(({ time }) => time >= BigInt(since.getTime()) * 1_000_000n)
    .map(({ labels: { service }, line }) => `${service}: ${line}`);
}

/** Lines of errors that Loki holds. */
export const storedErrors = (url: string, since: Date): Promise<readonly string[]> =>
  storedLines(url, '{stack="dev",level=~"ERROR|CRITICAL"}', since);

/**
 * Why the backend gave no answer: the cause stands below its warning. "canceling statement due to statement timeout" is
 * of a statement that waited, as for a lock; "Query read timeout" of one that did not end, as for a disk at its commit.
 */
export const storedCauses = (url: string, since: Date): Promise<readonly string[]> =>
  storedLines(url, '{stack="dev",service=~"backend|database"} |~ "WARNING|ERROR|FATAL"', since);
