import { describe, expect, test } from "vitest";
import { settingsOf } from "../../../tests/support/stacks.ts";
import { probeImage } from "../../blueprint.ts";
import { describePlatform, isWorkload, membersOf } from "../../specification.ts";
import type { WorkloadSpec } from "../../workload/index.ts";
import { membershipsOf, serversOf } from "../docker/networks.ts";
import { dockerSection } from "../docker/section.ts";
import { composeDocument } from "./document.ts";
import { secretVariable } from "./service.ts";

const settings = settingsOf("dev", "docker");
const workloads = membersOf(describePlatform(settings)).filter(isWorkload);
const documentOf = (some: readonly WorkloadSpec[]) =>
  composeDocument({
    workloads: some,
    section: dockerSection.parse({}),
    naming: { project: "trading-platform", stack: "compose", environment: "development" },
    probeImage: probeImage(settings),
    source: ({ name }, path) => `./${name}${path}`,
    secretSource: (name) => `./secrets/${name}`,
  });
const { name, services, networks, volumes, secrets } = documentOf(workloads);

function named(wanted: string): WorkloadSpec {
  const found = workloads.find((spec) => spec.name === wanted);
  if (found === undefined) throw new Error(`no workload ${wanted}`);
  return found;
}

test("every workload is a service, beside what brings the probe binary", () => {
  expect(name).toBe("trading-platform-compose");
  expect(Object.keys(services)).toEqual(["probe", ...workloads.map((spec) => spec.name)]);
});

test("a service is confined, limited and checked as a container of the Docker target", () => {
  expect(services.gateway).toMatchObject({
    user: "101:101",
    read_only: true,
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    sysctls: { "net.ipv4.ip_unprivileged_port_start": "0" },
    init: true,
    restart: "unless-stopped",
    logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
  });
  expect(services.gateway?.ports?.[0]).toEqual({
    target: 80,
    published: "80",
    host_ip: "127.0.0.1",
    protocol: "tcp",
  });
  const { memory, cpu } = named("backend").resources;
  expect(services.backend).toMatchObject({
    mem_limit: `${memory.limit}m`,
    memswap_limit: `${memory.limit}m`,
    cpus: String(cpu.limit / 1000),
    healthcheck: { interval: "5s", retries: 3, start_period: "2m0s", start_interval: "5s" },
  });
});

test("secrets are variables of Compose or files, their values nowhere", () => {
  for (const spec of workloads)
    for (const { name: variable, secret } of spec.secretVariables)
      expect(services[spec.name]?.environment?.[variable]).toBe(
        `$\{${secretVariable(secret)}:?see Docker Compose in docs/guide.md}`,
      );
  expect(secretVariable("databasePassword")).toBe("DATABASE_PASSWORD");
  expect(services.gateway?.secrets).toContainEqual({ source: "tls-private-key", target: "/etc/gateway-tls/key.pem" });
  expect(secrets["tls-private-key"]).toEqual({ file: "./secrets/tls-private-key" });
  // With more than the value in it.
  expect(services.cache?.secrets).toEqual([{ source: "cache-auth.conf", target: "/etc/cache-auth/auth.conf" }]);
});

test("starts in the order of the platform", () => {
  expect(services.backend?.depends_on).toMatchObject({
    database: { condition: "service_healthy" },
    cache: { condition: "service_healthy" },
  });
  expect(services.promtail?.depends_on?.probe).toEqual({ condition: "service_completed_successfully" });
});

test("data is on volumes with a name of their own, and every volume and network that is named is there", () => {
  expect(services.database?.volumes).toContainEqual({
    type: "volume",
    source: "database-data",
    target: "/var/lib/postgresql/data",
  });
  for (const { volumes: mounted = [], networks: joined = {} } of Object.values(services)) {
    for (const { type, source } of mounted) if (type === "volume") expect(Object.keys(volumes)).toContain(source);
    expect(Object.keys(networks)).toEqual(expect.arrayContaining(Object.keys(joined)));
  }
});

test("what a service keeps on its host is a volume of the project: another's of the same stack would write to a path too", () => {
  expect(services.promtail?.volumes).toContainEqual({
    type: "volume",
    source: "promtail-positions",
    target: "/var/lib/promtail",
  });
  const bound = Object.values(services).flatMap(({ volumes: all = [] }) => all.filter(({ type }) => type === "bind"));
  expect(bound.filter(({ read_only }) => read_only !== true)).toEqual([]);
});

test("no client finds a server on a way out, where it could not reach it: Compose lets it answer on all networks", () => {
  const servers = serversOf(workloads);
  const joined = (name: string) => Object.keys(services[name]?.networks ?? {});
  for (const spec of workloads) {
    const ways = joined(spec.name).filter((network) => network.startsWith("egress"));
    for (const client of workloads.filter(({ connectsTo }) => connectsTo.some(({ to }) => to === spec.name)))
      expect(joined(client.name).filter((network) => ways.includes(network))).toEqual([]);
    const own = membershipsOf(spec, servers).map(({ network }) => network);
    expect(joined(spec.name).filter((network) => !ways.includes(network))).toEqual(own.filter((it) => it !== "egress"));
    expect(ways).toHaveLength(own.includes("egress") ? 1 : 0);
  }
});

// A host has thirty (tried with Docker 20.10), less those that other projects, its own network or a VPN have taken.
test("a project fits among Docker's own address pools, beside what a host has of its own", () => {
  expect(Object.keys(networks).length).toBeLessThanOrEqual(24);
});

describe("what Compose would read otherwise", () => {
  test("a dollar is one, in commands, variables, checks and labels", () => {
    const cache = named("cache");
    const odd = { ...cache, args: ["$HOME"], variables: { A: "$B" } };
    const service = documentOf([odd]).services.cache;
    expect(service?.command).toEqual(["$$HOME"]);
    expect(service?.environment?.A).toBe("$$B");
  });

  test("replicas that would write to one volume are refused", () => {
    const { placement, ...rest } = named("database");
    if (placement.kind !== "stateful") throw new Error("not stateful");
    const two = { ...rest, placement: { ...placement, replicas: 2 } };
    expect(() => documentOf([two])).toThrow("compose: the 2 replicas of database would share one volume");
  });
});
