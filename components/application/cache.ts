import { posix } from "node:path";
import { type Blueprint, checkedBy, logsOf, plain, productImage, stopFirst } from "../blueprint.ts";
import { levelWord } from "../logging/levels.ts";
import { authorityPath, identityFiles, identityPath, mutualPort } from "../mtls.ts";
import { reloadFile, watchedEntryPoint } from "../reload.ts";
import type { Settings } from "../settings.ts";
import { isInVault } from "../vault/delivery.ts";
import {
  type ConfigFile,
  days,
  type ManagedCache,
  port,
  variableFile,
  type WorkloadSpec,
  workload,
} from "../workload/index.ts";

/** Queued backtests live here: nothing may be evicted, a full cache refuses and RedisDown or HighRedisMemory tells. */
const evictionPolicy = "noeviction";

/** Redis: a container of our own, or the cloud's. */
export function cache(plan: Blueprint): WorkloadSpec | ManagedCache {
  return plan.settings.cache.management === "own" ? ownCache(plan) : managedCache(plan);
}

function ownCache(plan: Blueprint): WorkloadSpec {
  const { cache: own, mtls } = plan.settings;
  const reload = reloadTls(plan.settings);
  const ping = `${clientWithPassword(plan.settings)} ping`;
  return workload({
    ...plain,
    name: "cache",
    part: "application",
    image: productImage(plan, "redis"),
    ...(mtls ? { command: watchedEntryPoint(reload.path, "docker-entrypoint.sh", "cache") } : {}),
    args: ["redis-server", "/etc/cache/redis.conf"],
    files: [{ path: "/etc/cache/redis.conf", content: redisConf(plan) }, ...(mtls ? [reload] : [])],
    secretFiles: [
      { path: "/etc/cache-auth/auth.conf", secret: "cachePassword", template: "requirepass {}\n" },
      ...identityFiles(plan.settings, "cache"),
    ],
    // Read by redis-cli in the probes.
    secretVariables: [{ name: "REDISCLI_AUTH", secret: "cachePassword", asFile: {} }],
    ports: [port({ name: "redis", number: 6379, exposure: "loopback", ...mutualPort(plan.settings) })],
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
    volumes: [
      { kind: "persistent", name: "data", path: "/data", sizeGiB: own.storageGiB },
      ...(mtls ? [{ kind: "scratch", name: "run", path: posix.dirname(socket), sizeMiB: 1 } as const] : []),
    ],
    logs: logsOf(plan, "product"),
  });
}

const socket = "/run/cache/socket";

/** How redis-cli reaches the server from inside the container: where it speaks TLS alone, by its socket. */
export const cacheClient = ({ mtls }: Pick<Settings, "mtls">): readonly string[] => (mtls ? ["-s", socket] : []);

/** The same as words of a shell, which knows the password by a variable or, where Vault holds it, by a file. */
function clientWithPassword(settings: Settings): string {
  const client = ["redis-cli", ...cacheClient(settings)].join(" ");
  return isInVault(settings, "cachePassword")
    ? `REDISCLI_AUTH="$(cat ${variableFile("REDISCLI_AUTH")})" ${client}`
    : client;
}

const tls = `port 0
tls-port 6379
tls-protocols "TLSv1.2 TLSv1.3"
tls-ca-cert-file ${authorityPath}
tls-cert-file ${identityPath}
tls-key-file ${identityPath}
tls-auth-clients yes
unixsocket ${socket}
unixsocketperm 700
`;

const reloadTls = (settings: Settings): ConfigFile =>
  reloadFile({
    path: "/etc/cache/reload.sh",
    what: [
      "Has Redis read its certificate again when the files change; connections that are open stay.",
      "Rendered by ./platform render from components/application/cache.ts.",
    ],
    files: [authorityPath, identityPath],
    reload: [
      `${clientWithPassword(settings)} CONFIG SET tls-ca-cert-file ${authorityPath}`,
      `tls-cert-file ${identityPath} tls-key-file ${identityPath} | grep -q OK`,
    ].join(" "),
  });

function redisConf({ settings: { cache, logs, mtls } }: Blueprint): string {
  return `# The cache. Rendered by ./platform render from components/application/cache.ts.
include /etc/cache-auth/auth.conf
dir /data
appendonly yes
maxmemory ${cache.memoryMiB}mb
maxmemory-policy ${evictionPolicy}
loglevel ${levelWord("redis", logs.level)}
${mtls ? tls : ""}`;
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
