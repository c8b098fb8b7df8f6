import { type Blueprint, checkedBy, logsOf, plain, productImage, stopFirst } from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import { isInVault } from "../vault/delivery.ts";
import { days, type ManagedCache, port, variableFile, type WorkloadSpec, workload } from "../workload/index.ts";

/** Queued backtests live here: nothing may be evicted, a full cache refuses and RedisDown or HighRedisMemory tells. */
const evictionPolicy = "noeviction";

/** Redis: a container of our own, or the cloud's. */
export function cache(plan: Blueprint): WorkloadSpec | ManagedCache {
  return plan.settings.cache.management === "own" ? ownCache(plan) : managedCache(plan);
}

function ownCache(plan: Blueprint): WorkloadSpec {
  const { cache: own } = plan.settings;
  const ping = isInVault(plan.settings, "cachePassword")
    ? `REDISCLI_AUTH="$(cat ${variableFile("REDISCLI_AUTH")})" redis-cli ping`
    : "redis-cli ping";
  return workload({
    ...plain,
    name: "cache",
    part: "application",
    image: productImage(plan, "redis"),
    args: ["redis-server", "/etc/cache/redis.conf"],
    files: [{ path: "/etc/cache/redis.conf", content: redisConf(plan) }],
    secretFiles: [{ path: "/etc/cache-auth/auth.conf", secret: "cachePassword", template: "requirepass {}\n" }],
    // Read by redis-cli in the probes.
    secretVariables: [{ name: "REDISCLI_AUTH", secret: "cachePassword", asFile: {} }],
    ports: [port({ name: "redis", number: 6379, exposure: "loopback" })],
    probes: checkedBy(
      // A server that loads its data answers LOADING: alive, not ready.
      { kind: "command", command: ["sh", "-c", `${ping} | grep -qE 'PONG|LOADING'`] },
      { kind: "command", command: ["sh", "-c", `${ping} | grep -q PONG`] },
      "wget",
      2,
    ),
    placement: { kind: "stateful", replicas: 1, rollout: stopFirst(plan, 30) },
    resources: own.resources,
    // redis in the alpine image.
    user: { kind: "non-root", uid: 999, gid: 1000 },
    volumes: [{ kind: "persistent", name: "data", path: "/data", sizeGiB: own.storageGiB }],
    logs: logsOf(plan, "product"),
  });
}

function redisConf({ settings: { cache, logs } }: Blueprint): string {
  return `# The cache. Rendered by ./platform render from components/application/cache.ts.
include /etc/cache-auth/auth.conf
dir /data
appendonly yes
maxmemory ${cache.memoryMiB}mb
maxmemory-policy ${evictionPolicy}
loglevel ${levelWord("redis", logs.level)}
`;
}

function managedCache(plan: Blueprint): ManagedCache {
  const { cache: own, images } = plan.settings;
  return {
    kind: "managed",
    engine: "redis",
    name: "cache",
    part: "application",
    version: images.versions.redis.split(".").slice(0, 2).join("."),
    instanceClass: own.instanceClass,
    port: 6379,
    multiZone: own.multiZone,
    backupRetention: days(7),
    parameters: { "maxmemory-policy": evictionPolicy },
  };
}
