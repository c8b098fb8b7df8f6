import type { Environment } from "../components/settings.ts";
import type { Defaults } from "./defaults.ts";
import { checkoutVersion } from "./product-versions.ts";

/** A size: request and limit of CPU (thousandths of a core) and memory (MiB). */
const size = (cpu: readonly [number, number], memory: readonly [number, number]) => ({
  cpuMillicores: { request: cpu[0], limit: cpu[1] },
  memoryMiB: { request: memory[0], limit: memory[1] },
});

/** A laptop: one of everything, small, talkative, and nobody is paged. */
const development: Defaults = {
  domain: "localhost",
  images: { application: "localhost/trading", version: checkoutVersion },
  logs: { level: "DEBUG", retention: "3d", storageGiB: 2 },
  // Production's pace, here and in alerts.timing: what ./platform drill measures holds there.
  metrics: { retention: "2d", scrapeInterval: "5s", scrapeTimeout: "4s", storageGiB: 2 },
  backend: { scaling: { replicas: 1 }, resources: size([100, 1000], [192, 512]) },
  worker: { scaling: { replicas: 1 }, resources: size([100, 1000], [192, 512]) },
  frontend: { scaling: { replicas: 1 }, resources: size([50, 500], [96, 256]) },
  gateway: { scaling: { replicas: 1 }, resources: size([20, 500], [32, 128]) },
  database: {
    storageGiB: 5,
    maxConnections: 100,
    resources: size([100, 1000], [256, 1024]),
    instanceClass: "db.t4g.micro",
    multiZone: false,
    deletionProtection: false,
  },
  backups: { retention: "3d", every: "1d", storageGiB: 10, resources: size([50, 1000], [128, 512]) },
  cache: {
    memoryMiB: 128,
    storageGiB: 1,
    resources: size([50, 500], [64, 256]),
    instanceClass: "cache.t4g.micro",
    multiZone: false,
  },
  alerts: { timing: { critical: { window: "15s", for: "30s" } } },
};

/** As production, at a tenth of its size: two of everything, so that a rollout and the loss of one are practised. */
const staging: Defaults = {
  mtls: true,
  logs: { level: "INFO", retention: "14d", storageGiB: 20 },
  metrics: { retention: "15d", scrapeInterval: "15s", scrapeTimeout: "10s", storageGiB: 20 },
  backend: { scaling: { replicas: 2 }, resources: size([250, 1000], [384, 768]) },
  worker: { scaling: { replicas: 2 }, resources: size([250, 1000], [384, 768]) },
  frontend: { scaling: { replicas: 2 }, resources: size([100, 500], [128, 256]) },
  gateway: { scaling: { replicas: 2 }, resources: size([50, 500], [64, 128]) },
  database: {
    storageGiB: 20,
    maxConnections: 200,
    resources: size([250, 1000], [512, 2048]),
    instanceClass: "db.t4g.medium",
    multiZone: false,
    deletionProtection: false,
  },
  backups: { retention: "7d", every: "1d", storageGiB: 100, resources: size([100, 1000], [256, 1024]) },
  cache: {
    memoryMiB: 512,
    storageGiB: 2,
    resources: size([100, 500], [256, 1024]),
    instanceClass: "cache.t4g.small",
    multiZone: false,
  },
};

/** Customers' money: grows with the load, survives a zone, and a page leaves within the minute. */
const production: Defaults = {
  mtls: true,
  logs: { level: "WARNING", retention: "30d", storageGiB: 50 },
  // With 5 s between scrapes and the waits of alerts.timing, fault, rule and notification fit into 60 s.
  metrics: { retention: "30d", scrapeInterval: "5s", scrapeTimeout: "4s", storageGiB: 100 },
  backend: {
    // ECS finds no more by their name.
    scaling: { minimum: 3, maximum: 8, cpuPercent: 60 },
    resources: size([500, 2000], [512, 1024]),
  },
  worker: {
    scaling: { minimum: 2, maximum: 8, cpuPercent: 70 },
    resources: size([500, 2000], [512, 1024]),
  },
  frontend: {
    scaling: { minimum: 2, maximum: 6, cpuPercent: 60 },
    resources: size([200, 1000], [256, 512]),
  },
  gateway: {
    scaling: { minimum: 2, maximum: 6, cpuPercent: 60 },
    resources: size([100, 1000], [128, 256]),
  },
  database: {
    storageGiB: 100,
    maxConnections: 400,
    resources: size([1000, 4000], [4096, 8192]),
    instanceClass: "db.m7g.large",
    multiZone: true,
    deletionProtection: true,
  },
  backups: { retention: "30d", every: "1d", storageGiB: 1000, resources: size([250, 2000], [512, 2048]) },
  cache: {
    memoryMiB: 2048,
    storageGiB: 8,
    resources: size([250, 1000], [1024, 4096]),
    instanceClass: "cache.m7g.large",
    multiZone: true,
  },
  // Three scrapes of 5 s, and for as long as window, a blip of 10 s and a scrape's timeout together.
  alerts: { timing: { critical: { window: "15s", for: "30s" } } },
};

export const environmentDefaults: Readonly<Record<Environment, Defaults>> = { development, staging, production };
