import type Docker from "dockerode";
import { table } from "../../../cli/console/table.ts";
import { componentOf, containersOf } from "../../../cli/docker/daemon.ts";
import { demultiplexed } from "../../../offline/docker/daemon/container-log.ts";
import { at, number } from "../../support/json.ts";

/** Mebibytes of each component that the kernel cannot simply take back, as `docker stats` counts. */
export async function memoryOf(docker: Docker): Promise<ReadonlyMap<string, number>> {
  const running = (await containersOf({ docker, stack: "dev" })).filter(({ State }) => State === "running");
  const used = running.map(async (container) => {
    const { memory_stats: memory } = await docker.getContainer(container.Id).stats({ stream: false, "one-shot": true });
    // cgroups v1, v2.
    const cached = number(at(memory.stats, "total_inactive_file")) ?? number(at(memory.stats, "inactive_file")) ?? 0;
    return [componentOf(container), (memory.usage - cached) / 2 ** 20] as const;
  });
  return new Map(await Promise.all(used));
}

export type Memory = Awaited<ReturnType<typeof memoryOf>>;

/** Percent by which each has grown. */
export const growth = (start: Memory, end: Memory): ReadonlyMap<string, number> =>
  new Map([...start].map(([component, before]) => [component, 100 * ((end.get(component) ?? 0) / before - 1)]));

/** A row a component. */
export function memoryTable(start: Memory, end: Memory): string {
  const rows = [...growth(start, end)].map(([component, percent]) => [
    component,
    (start.get(component) ?? 0).toFixed(1),
    (end.get(component) ?? 0).toFixed(1),
    `${percent.toFixed(1)}%`,
  ]);
  return table([["component", "MiB at the start", "at the end", "grown"], ...rows]);
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
