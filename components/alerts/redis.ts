import type { Alert, Watched } from "./alert.ts";
import { holds, type State } from "./behaviour.ts";
import { oneDecimal } from "./behaviour-text.ts";
import { afterAllWasKilled, present } from "./present.ts";
import { thresholdsOf } from "./thresholds.ts";

/** What redis_exporter sees; without it there is nothing to ask. */
export const redisAlerts = (watched: Watched): readonly Alert[] =>
  watched.jobs.includes("redis-exporter") ? [redisDown(watched), highRedisMemory(watched)] : [];

const common = { category: "redis", team: "platform", service: "cache" } as const;

function redisDown({ settings }: Watched): Alert {
  const { for: lasting } = settings.alerts.timing.critical;
  const tells = [{ summary: "Redis does not answer" }];
  return {
    ...common,
    name: "RedisDown",
    severity: "critical",
    expression: `(max(${present('redis_up{job="redis-exporter"}', settings)}) or vector(0)) == 0`,
    for: lasting,
    summary: "Redis does not answer",
    description: "redis_exporter cannot reach Redis, or cannot be asked itself: backtests cannot be queued.",
    behaviour: {
      calm: { 'redis_up{job="redis-exporter"}': holds(1) },
      fault: { 'redis_up{job="redis-exporter"}': holds(0) },
      tells,
      withoutData: tells,
      cases: [
        afterAllWasKilled(
          (instance) => `redis_up{job="redis-exporter",instance="${instance}"}`,
          lasting,
          settings,
          tells,
        ),
      ],
    },
  };
}

function highRedisMemory({ settings: { alerts } }: Watched): Alert {
  const limit = thresholdsOf(alerts, "HighRedisMemory").redisMemoryPercent;
  const memory = (used: number, most: number): State => ({
    'redis_memory_used_bytes{job="redis-exporter"}': holds(used),
    'redis_memory_max_bytes{job="redis-exporter"}': holds(most),
  });
  return {
    ...common,
    name: "HighRedisMemory",
    severity: "warning",
    // Without maxmemory the exporter says 0, and the quotient would be infinite.
    expression: `max(100 * redis_memory_used_bytes / (redis_memory_max_bytes > 0)) > ${limit}`,
    for: alerts.timing.warning.for,
    summary: 'Redis uses {{ printf "%.1f" $value }} % of its memory',
    description: `Redis uses more than ${limit} % of maxmemory; when full, it refuses writes.`,
    behaviour: {
      calm: memory(90 * limit, 10_000),
      fault: memory(110 * limit, 10_000),
      tells: [{ summary: `Redis uses ${oneDecimal(1.1 * limit)} % of its memory` }],
      cases: [{ name: "without maxmemory", state: memory(1e9, 0), tells: [] }],
    },
  };
}
