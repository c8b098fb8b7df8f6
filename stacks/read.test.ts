import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDuration, secretNames } from "../components/workload/index.ts";
import { deploymentProblems } from "./deployment.ts";
import { readStackFile, stacksIn } from "./files.ts";
import { type Data, leaves, overlay } from "./layers.ts";
import { configFromPulumi } from "./program-config.ts";
import { explainSettings, readSettings, SettingsError } from "./read.ts";
import { leastOfProduction } from "./testing.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const stacks = ["dev", "staging", "prod"];

describe("the three stack files", () => {
  test.each(stacks)("%s reads, and its target keeps everything", (stack) => {
    const settings = readSettings(readStackFile(root, stack));
    expect(deploymentProblems(settings)).toEqual([]);
    expect(explainSettings(readStackFile(root, stack)).warnings).toEqual([]);
  });

  test.each(stacks)("%s reads the same from what Pulumi hands over", (stack) => {
    const source = readStackFile(root, stack);
    const read = (config: Data) => comparable(readSettings({ stack, config }));
    expect(read(configFromPulumi(asPulumi(source.config)))).toEqual(read(source.config));
  });

  test("prod goes to Kubernetes without a change: the database is then our own", () => {
    const source = readStackFile(root, "prod");
    expect(readSettings(source).database.management).toBe("managed");
    const moved = readSettings({ ...source, target: "kubernetes" });
    expect([moved.target.name, moved.database.management, moved.cache.management]).toEqual([
      "kubernetes",
      "own",
      "own",
    ]);
    expect(moved.secrets.databasePassword).toEqual({ kind: "config", key: "databasePassword" });
    expect(deploymentProblems(moved)).toEqual([]);
  });
});

test.each(["staging", "prod"])("%s goes to one Docker host without a change: one gateway owns its ports", (stack) => {
  const settings = readSettings({ ...readStackFile(root, stack), target: "docker" });
  expect(settings.gateway.scaling).toEqual({ kind: "fixed", replicas: 1 });
  expect(deploymentProblems(settings)).toEqual([]);
});

test("dev needs no word", () => {
  const settings = readSettings({ stack: "dev", config: {} });
  expect(settings).toMatchObject({ environment: "development", domain: "localhost", logs: { level: "DEBUG" } });
  expect(settings.target.name).toBe("docker");
  expect(settings.backend.scaling).toEqual({ kind: "fixed", replicas: 1 });
});

test("a page leaves production within the minute: scrape, evaluation, 30 s of fault, 5 s of grouping", () => {
  const { metrics } = readSettings({ stack: "prod", config: leastOfProduction });
  expect(2 * metrics.scrapeInterval.seconds + metrics.scrapeTimeout.seconds + 30 + 5).toBeLessThan(60);
});

test("on ECS each secret is an entry of the stack's account, unless said otherwise", () => {
  const secrets = { smtpPassword: { config: "smtp" } };
  const settings = readSettings({ stack: "prod", config: { ...leastOfProduction, secrets } });
  expect(settings.secrets.smtpPassword).toEqual({ kind: "config", key: "smtp" });
  expect(settings.secrets.cachePassword).toEqual({
    kind: "secretsManager",
    arn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:trading/prod/cachePassword",
  });
  expect(Object.keys(settings.secrets).sort()).toEqual([...secretNames].sort());
});

describe("a range and a number replace each other", () => {
  const scaling = (stack: string, said: Data) =>
    readSettings({ stack, config: { ...(stack === "dev" ? {} : leastOfProduction), backend: { scaling: said } } })
      .backend.scaling;

  test("a number over production's range", () => {
    expect(scaling("prod", { replicas: 4 })).toEqual({ kind: "fixed", replicas: 4 });
  });
  test("one end of production's range", () => {
    const target = { metric: "cpu", percent: 60 };
    expect(scaling("prod", { maximum: 20 })).toEqual({ kind: "automatic", minimum: 3, maximum: 20, target });
  });
  test("requests in place of CPU", () => {
    const target = { metric: "requests", perSecond: 50 };
    expect(scaling("prod", { requestsPerSecond: 50 })).toEqual({ kind: "automatic", minimum: 3, maximum: 8, target });
  });
  test("a range over dev's number", () => {
    const target = { metric: "cpu", percent: 50 };
    expect(scaling("dev", { minimum: 1, maximum: 3, cpuPercent: 50 })).toEqual({
      kind: "automatic",
      minimum: 1,
      maximum: 3,
      target,
    });
  });
});

test("every value has its origin, the uppermost that said it", () => {
  const config = { ...leastOfProduction, backend: { scaling: { minimum: 4 } } };
  const { leaves: explained } = explainSettings({ stack: "prod", config, target: "ecs" });
  const origins = new Map(explained.map(({ key, value, origin }) => [key, [value, origin]]));
  expect(origins.get("backend.scaling.minimum")).toEqual([4, "stack file"]);
  expect(origins.get("backend.scaling.maximum")).toEqual([8, "environment"]);
  expect(origins.get("backend.port")).toEqual([8000, "default"]);
  expect(origins.get("database.management")).toEqual(["managed", "target"]);
  expect(origins.get("alerts.receivers.email.to")).toEqual(["database-team@trading.example.com", "domain"]);
  expect(origins.get("target")).toEqual(["ecs", "command line"]);
  expect(origins.get("ecs.accountId")).toEqual(["111122223333", "stack file"]);
  expect(origins.get("ecs.hosts.minimum")).toEqual([2, "default"]);
});

/** Pieces of a stack file that are right in any company. */
const pieces: readonly Data[] = [
  { environment: "staging" },
  { target: "kubernetes" },
  { domain: "other.example.com" },
  { images: { registry: "mirror.example.com:5000/trading", registryUser: "puller" } },
  { images: { keep: 20, versions: { nginx: "1.28.1-alpine" } } },
  { logs: { level: "ERROR", retention: "7d", storageGiB: 30 } },
  {
    target: "kubernetes",
    kubernetes: { logStore: { bucket: "logs", region: "eu-central-1", endpoint: "https://s3.example.com" } },
    logs: { replicas: 3, collector: "promtail" },
  },
  {
    metrics: { retention: "1d12h", scrapeInterval: "10s", scrapeTimeout: "9s" },
    alerts: { timing: { critical: { window: "30s", for: "1m" } } },
  },
  { backend: { port: 8080, scaling: { replicas: 5 }, metricNames: { orders: "shop:orders_total" } } },
  { worker: { scaling: { minimum: 1, maximum: 2, cpuPercent: 80 } } },
  { frontend: { livenessPath: "/alive" } },
  { gateway: { resources: { cpuMillicores: { request: 10 } } } },
  { database: { management: "own", storageGiB: 500 }, backups: { storageGiB: 600 } },
  { cache: { management: "own", memoryMiB: 100 } },
  {
    alerts: {
      thresholds: { errorRatePercent: 0.5, responseTimeP95: "250ms" },
      receivers: { slack: { channel: "#on-call" } },
    },
  },
  { secrets: { smtpPassword: { config: "mail" } } },
  { kubernetes: { namespace: "shop" } },
];

test("any choice of right pieces reads to complete settings, and the same through Pulumi", () => {
  fc.assert(
    fc.property(fc.constantFrom(...stacks), fc.subarray([...pieces]), (stack, chosen) => {
      const layers = [leastOfProduction, ...chosen].map((values) => ({ origin: "stack file", values }) as const);
      const config = overlay(layers);
      const settings = readSettings({ stack, config });
      expect(leaves({ ...settings }).filter(({ value }) => value === undefined)).toEqual([]);
      expect(comparable(readSettings({ stack, config: configFromPulumi(asPulumi(config)) }))).toEqual(
        comparable(settings),
      );
      for (const { key, value } of leaves(
        overlay(chosen.map((values) => ({ origin: "stack file", values }) as const)),
      )) {
        const explained = explainSettings({ stack, config }).leaves.find((leaf) => leaf.key === key);
        // Of a target that is not chosen nothing is effective.
        if (explained !== undefined) expect(explained).toMatchObject({ value, origin: "stack file" });
      }
    }),
    { numRuns: 60 },
  );
});

const sections = ["images", "logs", "metrics", "backend", "database.resources", "alerts.thresholds", "ecs.hosts"];

test("a flag of the top level, which Pulumi hands on as text, is a flag", () => {
  expect(configFromPulumi({ "trading-platform:mtls": "false", "trading-platform:drills": "true" })).toEqual({
    mtls: false,
    drills: true,
  });
});

test("a key that is no key is always told, at its place, and a slip of one letter with what was meant", () => {
  const known = explainSettings({ stack: "prod", config: leastOfProduction }).leaves.map(({ key }) => key);
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.nat(), (key, seed) => {
      const path = key.split(".");
      const last = path.at(-1) ?? "";
      const at = seed % last.length;
      // A character of no key: any letter is right somewhere.
      const slip = `${last.slice(0, at)}_${last.slice(at + 1)}`;
      const wrong = [...path.slice(0, -1), slip];
      const said = wrong.reduceRight<unknown>((value, step) => ({ [step]: value }), 1);
      const config = overProduction(said);
      const problem = problemsOf(config).find((candidate) => candidate.key === `trading-platform:${wrong.join(".")}`);
      expect(problem?.message).toMatch(/is no key; did you mean trading-platform:/);
    }),
    { numRuns: 60 },
  );
});

test.each(sections)("nonsense in %s is told at its place or is right, and nothing else is thrown", (section) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const said = section.split(".").reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);
      const config = overProduction(said);
      const place = `trading-platform:${section}`;
      expect(problemsOf(config).filter(({ key }) => !key.startsWith(place) && !place.startsWith(key))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

const isObject = (value: unknown): value is Data =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const overProduction = (said: unknown): Data =>
  overlay([
    { origin: "default", values: leastOfProduction },
    { origin: "stack file", values: isObject(said) ? said : {} },
  ]);

function problemsOf(config: Data): readonly { readonly key: string; readonly message: string }[] {
  try {
    readSettings({ stack: "prod", config });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

/** As Pulumi hands config over: objects and lists as JSON, the rest as text. */
const asPulumi = (config: Data): Record<string, string> => ({
  "aws:region": "eu-west-1",
  "secrets:databasePassword": "never looked at",
  ...Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      `trading-platform:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  ),
});

/** Two bindings of one target are two objects of functions: compared by name. */
const comparable = ({ target, ...settings }: ReturnType<typeof readSettings>) => ({ ...settings, target: target.name });

test("durations are read once, in the form that every product takes", () => {
  const { metrics } = readSettings({ stack: "dev", config: { metrics: { retention: "1d12h" } } });
  expect(formatDuration(metrics.retention)).toBe("1d12h");
});

test("there are three stacks, in the order of a release", () => {
  expect(stacksIn(root)).toEqual(stacks);
});
