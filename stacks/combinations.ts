import { sinkName, sinkPorts } from "../components/alerts/sink.ts";
import { probePort } from "../components/mtls.ts";
import { formatDuration, isLonger, type Resources } from "../components/workload/index.ts";
import { alertProblems } from "./alert-problems.ts";
import { backupProblems } from "./backup-problems.ts";
import { fullKey, type Problem } from "./error.ts";
import type { Sound } from "./sound.ts";

/** Values that are allowed one by one and impossible together; each with the way out. */
export const combinationProblems = (sound: Sound): readonly Problem[] => [
  ...domainProblems(sound),
  ...withoutProblems(sound),
  ...faultProblems(sound),
  ...grafanaProblems(sound),
  ...sinkProblems(sound),
  ...probeProblems(sound),
  ...portProblems(sound),
  ...workerProblems(sound),
  ...plainProbeProblems(sound),
  ...authorityProblems(sound),
  ...scrapeProblems(sound),
  ...replicaProblems(sound),
  ...logRetentionProblems(sound),
  ...alertProblems(sound),
  ...cacheProblems(sound),
  ...managedProblems(sound),
  ...managedStorageProblems(sound),
  ...backupProblems(sound),
  ...secretProblems(sound),
  ...vaultProblems(sound),
];

function domainProblems({ environment, domain }: Sound): readonly Problem[] {
  return environment === "production" && domain === "localhost"
    ? [problem("domain", '"localhost" is where nobody but this host finds production; give its DNS name')]
    : [];
}

function withoutProblems({ environment, without = [] }: Sound): readonly Problem[] {
  return environment === "development" || environment === undefined || without.length === 0
    ? []
    : [problem("without", `${without.join(", ")} may be left out in development only; remove the key`)];
}

function faultProblems({ environment, backend }: Sound): readonly Problem[] {
  return environment === "development" || environment === undefined || backend?.faults !== true
    ? []
    : [
        problem(
          "backend.faults",
          `true lets faults be switched on in ${environment}; they are for development only: remove the key`,
        ),
      ];
}

function grafanaProblems({ environment, domain, grafana }: Sound): readonly Problem[] {
  if (grafana?.oidc === undefined) return [];
  if (environment === "development") {
    return [
      problem(
        "grafana.oidc",
        "is for staging and production: development's Grafana is on the developer's own host; remove the key",
      ),
    ];
  }
  return domain === "localhost"
    ? [problem("grafana.oidc", 'needs a domain that people find: domain is "localhost"; give the stack its DNS name')]
    : [];
}

function sinkProblems({ environment, alerts }: Sound): readonly Problem[] {
  if (environment === "development" || environment === undefined || alerts === undefined) return [];
  const { pagerduty, email } = alerts.receivers;
  const places = { "pagerduty.url": new URL(pagerduty.url).hostname, "email.smarthost": email.smarthost };
  return Object.entries(places).flatMap(([key, place]) =>
    new RegExp(`^${sinkName}(?:[.:]|$)`).test(place)
      ? [
          problem(
            `alerts.receivers.${key}`,
            `"${place}" is development's sink, which ${environment} does not run: nobody would be told; give a real receiver`,
          ),
        ]
      : [],
  );
}

function probeProblems({ backend, frontend }: Sound): readonly Problem[] {
  return Object.entries({ backend, frontend }).flatMap(([name, service]) =>
    service !== undefined && service.livenessPath === service.readinessPath
      ? [
          problem(
            `${name}.livenessPath`,
            `"${service.livenessPath}" is the readinessPath too: an instance that is only not ready would be killed; give a path that asks the process alone`,
          ),
        ]
      : [],
  );
}

/** The gateway's own, and on a developer's host all ports stand side by side. */
const takenPorts: ReadonlyMap<number, string> = new Map([
  [80, "the gateway"],
  [443, "the gateway"],
  [3001, "grafana"],
  [3100, "loki"],
  [5432, "the database"],
  [6379, "the cache"],
  [sinkPorts.http, "the alert sink"],
  [9090, "prometheus"],
  [9093, "alertmanager"],
  [9100, "node-exporter"],
  [9121, "redis-exporter"],
  [9187, "postgres-exporter"],
]);

function portProblems({ backend, frontend, target }: Sound): readonly Problem[] {
  if (target?.loopback !== true) return [];
  const taken = Object.entries({ backend, frontend }).flatMap(([name, service]) => {
    const owner = service === undefined ? undefined : takenPorts.get(service.port);
    return owner === undefined
      ? []
      : [problem(`${name}.port`, `${service?.port} is ${owner}'s on the same host; choose another`)];
  });
  const same =
    backend !== undefined && backend.port === frontend?.port
      ? [problem("frontend.port", `${frontend.port} is the backend's too, on the same host; choose another`)]
      : [];
  return [...taken, ...same];
}

/** Both answer probes and scrapes alike: by its port alone one is told from the other where an address has changed hands. */
function workerProblems({ backend, worker }: Sound): readonly Problem[] {
  return worker === undefined || worker.port !== backend?.port
    ? []
    : [problem("worker.port", `${worker.port} is the backend's too, and one would pass for the other; choose another`)];
}

/** With mTLS their probes ask a plain listener in the same container. */
function plainProbeProblems({ backend, worker, mtls }: Sound): readonly Problem[] {
  if (mtls !== true) return [];
  return Object.entries({ backend, worker })
    .filter(([, service]) => service?.port === probePort)
    .map(([name]) => problem(`${name}.port`, `${probePort} is where its probes ask while mtls is on; choose another`));
}

/** A region that is newer than what we know of it. */
function authorityProblems({ database, target }: Sound): readonly Problem[] {
  return database?.management === "managed" && target?.managedTls()?.databaseAuthority === ""
    ? [
        problem(
          `${target.name}.databaseAuthority`,
          `is missing: who signs the certificates of RDS in this region is not known here; say what https://truststore.pki.rds.amazonaws.com/<region>/<region>-bundle.pem answers`,
        ),
      ]
    : [];
}

function scrapeProblems({ metrics }: Sound): readonly Problem[] {
  if (metrics === undefined || !isLonger(metrics.scrapeTimeout, metrics.scrapeInterval)) return [];
  const [timeout, interval] = [formatDuration(metrics.scrapeTimeout), formatDuration(metrics.scrapeInterval)];
  return [problem("metrics.scrapeTimeout", `${timeout} is longer than metrics.scrapeInterval (${interval}); lower it`)];
}

function replicaProblems({ logs, target }: Sound): readonly Problem[] {
  if (logs === undefined || logs.replicas === 1 || target === undefined) return [];
  if (logs.replicas === 2) {
    return [problem("logs.replicas", "2 is no majority when one is gone; say 1, or 3 and more")];
  }
  return target.discovery === "kubernetes" && target.logStore("").kind === "s3"
    ? []
    : [
        problem(
          "logs.replicas",
          `${logs.replicas} Lokis need a bucket that they share, and hosts that each hold a volume: target kubernetes with kubernetes.logStore; say 1`,
        ),
      ];
}

function logRetentionProblems({ logs, target }: Sound): readonly Problem[] {
  const store = target?.logStore("");
  if (logs === undefined || target === undefined || store?.kind !== "s3" || store.keptDays === undefined) return [];
  if (logs.retention.seconds < store.keptDays * 86_400) return [];
  return [
    problem(
      "logs.retention",
      `${formatDuration(logs.retention)} is not shorter than ${target.name}.retentionDays.logChunks (${store.keptDays}d), after which the bucket deletes what Loki still lists; lower it, or raise that`,
    ),
  ];
}

function cacheProblems({ cache }: Sound): readonly Problem[] {
  if (cache?.management !== "own") return [];
  const { memoryMiB, storageGiB } = cache;
  const limit = memoryLimit(cache.resources);
  return [
    ...(memoryMiB < limit
      ? []
      : [
          problem(
            "cache.memoryMiB",
            `${memoryMiB} does not fit into the container's limit of ${limit} MiB, so a full cache would be killed; raise cache.resources.memoryMiB.limit above it`,
          ),
        ]),
    // While it is rewritten, the append-only file stands there twice.
    ...(storageGiB * 1024 > 2 * memoryMiB
      ? []
      : [
          problem(
            "cache.storageGiB",
            `${storageGiB} is not more than twice cache.memoryMiB (${memoryMiB}): the append-only file and its rewrite would not fit; say at least ${Math.floor((2 * memoryMiB) / 1024) + 1}`,
          ),
        ]),
  ];
}

const memoryLimit = ({ memory }: Resources): number => memory.limit;

function managedProblems({ database, cache, target }: Sound): readonly Problem[] {
  if (target === undefined) return [];
  const wanted = {
    database: { section: database, engine: "postgres" },
    cache: { section: cache, engine: "redis" },
  } as const;
  return Object.entries(wanted).flatMap(([name, { section, engine }]) =>
    section?.management === "managed" && !target.managed.includes(engine)
      ? [
          problem(
            `${name}.management`,
            `"managed" is not to be had: target ${target.name} runs no ${engine} for us; say own`,
          ),
        ]
      : [],
  );
}

/** RDS: docs.aws.amazon.com, "Amazon RDS DB instance storage", General Purpose SSD (gp3) for PostgreSQL. */
const leastManagedGiB = 20;

function managedStorageProblems({ database }: Sound): readonly Problem[] {
  if (database?.management !== "managed" || database.storageGiB >= leastManagedGiB) return [];
  const message = `${database.storageGiB} is less than a managed database takes; say at least ${leastManagedGiB}`;
  return [problem("database.storageGiB", message)];
}

function vaultProblems({ secrets, vault, environment }: Sound): readonly Problem[] {
  const held = Object.entries(secrets ?? {}).filter(([, { kind }]) => kind === "vault");
  return [
    ...(vault === undefined
      ? held.map(([name]) =>
          problem(
            `secrets.${name}`,
            "is held by Vault, and nothing says where Vault is; set vault.address, as https://vault.example.com:8200",
          ),
        )
      : []),
    ...(vault?.address.startsWith("http:") === true && environment !== "development"
      ? [
          problem(
            "vault.address",
            `"${vault.address}" sends secrets in plain text; say https (http is for development only)`,
          ),
        ]
      : []),
  ];
}

function secretProblems({ secrets, target }: Sound): readonly Problem[] {
  if (target === undefined) return [];
  return Object.entries(secrets ?? {}).flatMap(([name, { kind }]) =>
    target.secretKinds.includes(kind)
      ? []
      : [
          problem(
            `secrets.${name}`,
            `target ${target.name} cannot read from ${kind}; use ${target.secretKinds.join(" or ")}`,
          ),
        ],
  );
}

const problem = (key: string, message: string): Problem => ({ key: fullKey(key.split(".")), message });
