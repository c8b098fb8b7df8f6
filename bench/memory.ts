import { readdir, readFile } from "node:fs/promises";

/** From `/proc`: a process's parent and the memory it holds, in bytes. */
interface Process {
  readonly parent: number;
  readonly resident: number;
}

const every = 50;

/** Runs the work, and answers the most memory that all processes below this one held at once, in bytes. Linux only. */
export async function peakMemory(work: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  let done = false;
  const watch = async (): Promise<void> => {
    while (!done) {
      peak = Math.max(peak, memoryBelow(process.pid, await processes()));
      await new Promise((resolve) => setTimeout(resolve, every));
    }
  };
  const watching = watch();
  try {
    await work();
  } finally {
    done = true;
    await watching;
  }
  return peak;
}

/** The memory of all that descend from a process, without itself. */
export function memoryBelow(pid: number, all: ReadonlyMap<number, Process>): number {
  return [...all]
    .filter(([, { parent }]) => parent === pid)
    .reduce((sum, [child, { resident }]) => sum + resident + memoryBelow(child, all), 0);
}

async function processes(): Promise<ReadonlyMap<number, Process>> {
  const pids = (await readdir("/proc")).map(Number).filter(Number.isInteger);
  const found = await Promise.all(pids.map(async (pid) => [pid, await statusOf(pid)] as const));
  return new Map(found.flatMap(([pid, status]) => (status === undefined ? [] : [[pid, status]])));
}

/** Undefined for a process that has just ended. */
async function statusOf(pid: number): Promise<Process | undefined> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const number = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  return text === "" ? undefined : { parent: number("PPid"), resident: number("VmRSS") * 1024 };
}
