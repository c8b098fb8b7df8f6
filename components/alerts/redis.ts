import type { Settings } from "../settings.ts";
import { minutes, seconds } from "../workload/index.ts";
import type { Alert } from "./alert.ts";

export function redisAlerts({ alerts: { thresholds } }: Settings): readonly Alert[] {
  return [
    {
      name: "RedisDown",
      category: "redis",
      severity: "critical",
      expression: "redis_up == 0 or absent(redis_up)",
      for: seconds(30),
      summary: "Redis does not answer",
      description: "redis_exporter cannot reach Redis: backtests cannot be queued.",
    },
    {
      name: "HighRedisMemory",
      category: "redis",
      severity: "warning",
      // Without maxmemory the quotient would be infinite.
      expression: `100 * redis_memory_used_bytes / (redis_memory_max_bytes > 0) > ${thresholds.redisMemoryPercent}`,
      for: minutes(5),
      summary: "Redis uses {{ $value | humanize }} % of its memory",
      description: `Redis uses more than ${thresholds.redisMemoryPercent} % of maxmemory; when full, it refuses writes.`,
    },
  ];
}
