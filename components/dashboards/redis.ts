import { alertPanel } from "./alert-panel.ts";
import { type Dashboard, lines, rateWindow, type Shown, where } from "./dashboard.ts";

const exporter = '{job="redis-exporter"}';

/** Redis, as redis_exporter sees it. */
export const redisDashboard = (shown: Shown): Dashboard => ({
  uid: "redis",
  title: "Redis",
  description: "Whether Redis answers, how full it is, how much it is asked.",
  variables: [],
  rows: [
    {
      title: "What pages",
      panels: [
        ...alertPanel(shown, "RedisDown", { title: "Redis answers", unit: "bool_yes_no", legends: ["answers"] }),
        ...alertPanel(shown, "HighRedisMemory", { title: "Memory in use", unit: "percent", legends: ["of maxmemory"] }),
      ],
    },
    { title: "Work", panels: where(shown, "redis-exporter", ...work) },
  ],
});

const rate = (metric: string) => `sum(rate(redis_${metric}_total${exporter}[${rateWindow}]))`;

const work = [
  lines({ title: "Commands", unit: "ops", description: "Commands a second, of all clients." }, [
    rate("commands_processed"),
    "commands",
  ]),
  lines(
    {
      title: "Clients",
      unit: "short",
      description: "Blocked ones wait for an entry of a queue: that is how a worker waits.",
    },
    [`sum(redis_connected_clients${exporter})`, "connected"],
    [`sum(redis_blocked_clients${exporter})`, "blocked"],
  ),
  lines(
    {
      title: "Keys that were found",
      unit: "ops",
      description: "Reads of keys that are there, and of keys that are not.",
    },
    [rate("keyspace_hits"), "found"],
    [rate("keyspace_misses"), "not found"],
  ),
  lines(
    { title: "Memory", unit: "bytes", description: "Used, and the most that it may use." },
    [`max(redis_memory_used_bytes${exporter})`, "used"],
    [`max(redis_memory_max_bytes${exporter})`, "maxmemory"],
  ),
  lines(
    {
      title: "Keys that went",
      unit: "ops",
      description: "Expired as they should; evicted only where memory was short.",
    },
    [rate("expired_keys"), "expired"],
    [rate("evicted_keys"), "evicted"],
  ),
  lines({ title: "Keys", unit: "short", description: "Keys of each database." }, [
    `sum by (db) (redis_db_keys${exporter} > 0)`,
    "{{db}}",
  ]),
] as const;
