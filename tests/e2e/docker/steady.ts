import { readdir } from "node:fs/promises";
import type Docker from "dockerode";
import { table } from "../../../cli/console/table.ts";
import { componentOf, containersOf } from "../../../cli/docker/daemon.ts";
import { demultiplexed } from "../../../offline/docker/daemon/container-log.ts";
import { at, number } from "../../support/json.ts";

/** What a component holds. */
export interface Used {
  /** Mebibytes that the kernel cannot simply take back, as `docker stats` counts. */
  readonly memory: number;
  /** Open files and connections of all its processes. */
  readonly handles: number;
}

/** What each component of dev holds now. */
export async function usedBy(docker: Docker): Promise<ReadonlyMap<string, Used>> {
  const running = (await containersOf({ docker, stack: "dev" })).filter(({ State }) => State === "running");
  const used = running.map(async (info) => {
    const container = docker.getContainer(info.Id);
    const { memory_stats: memory } = await container.stats({ stream: false, "one-shot": true });
    // cgroups v1, v2.
    const cached = number(at(memory.stats, "total_inactive_file")) ?? number(at(memory.stats, "inactive_file")) ?? 0;
    const { Titles, Processes }: { Titles: string[]; Processes: string[][] } = await container.top();
    const open = Processes.map((row) => handlesOf(Number(row[Titles.indexOf("PID")])));
    const handles = (await Promise.all(open)).reduce((sum, count) => sum + count, 0);
    return [componentOf(info), { memory: (memory.usage - cached) / 2 ** 20, handles }] as const;
  });
  return new Map(await Promise.all(used));
}

/** None of a process that has ended meanwhile, as those of health checks do. */
const handlesOf = async (pid: number): Promise<number> => (await readdir(`/proc/${pid}/fd`).catch(() => [])).length;

type All = ReadonlyMap<string, Used>;
const nothing: Used = { memory: 0, handles: 0 };
const percent = (before: number, after: number): number => 100 * (after / before - 1);

/** Those that hold over 5 % more memory, or over 10 % and five handles more: connections come and go. */
export function grown(start: All, end: All): readonly string[] {
  return [...start].flatMap(([component, before]) => {
    const after = end.get(component) ?? nothing;
    const more = percent(before.memory, after.memory);
    const handles = after.handles - before.handles;
    return [
      ...(more > 5 ? [`${component}: ${more.toFixed(1)} % more memory`] : []),
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

/** As JSON (`"level":"ERROR"`), logfmt (`level=error`), PostgreSQL and the console write it. */
const isError = (line: string): boolean =>
  /"level":"(error|fatal|critical)"|\blevel=(error|fatal)\b/i.test(line) ||
  /\b(ERROR|FATAL|PANIC|CRITICAL)\b/.test(line);

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
