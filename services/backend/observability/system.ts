import { statfs } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** The process and where it runs. */
export interface System {
  readonly cpu: { readonly percent: number; readonly cores: number; readonly load_1m: number };
  readonly memory: { readonly resident_bytes: number; readonly heap_used_bytes: number; readonly limit_bytes: number };
  readonly disk: { readonly total_bytes: number; readonly free_bytes: number };
  readonly event_loop: { readonly delay_mean_ms: number; readonly delay_p99_ms: number };
}

/** Begins to watch; the function answers for the time since it was last called. */
export function watchSystem(): () => Promise<System> {
  const delays = monitorEventLoopDelay({ resolution: 20 });
  delays.enable();
  let [cpu, at] = [process.cpuUsage(), performance.now()];
  return async () => {
    const used = process.cpuUsage(cpu);
    const now = performance.now();
    const percent = (used.user + used.system) / 10 / Math.max(now - at, 1);
    [cpu, at] = [process.cpuUsage(), now];
    const { rss, heapUsed } = process.memoryUsage();
    const { blocks, bavail, bsize } = await statfs("/");
    const eventLoop = {
      delay_mean_ms: milliseconds(delays.count === 0 ? 0 : delays.mean),
      delay_p99_ms: milliseconds(delays.percentile(99)),
    };
    delays.reset();
    return {
      cpu: { percent: rounded(percent), cores: availableParallelism(), load_1m: rounded(loadavg()[0] ?? 0) },
      memory: { resident_bytes: rss, heap_used_bytes: heapUsed, limit_bytes: process.constrainedMemory() },
      disk: { total_bytes: blocks * bsize, free_bytes: bavail * bsize },
      event_loop: eventLoop,
    };
  };
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
const milliseconds = (nanoseconds: number): number => rounded(nanoseconds / 1e6);
