import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { goDuration } from "../../../components/targets/docker/health.ts";
import { seconds } from "../../../components/workload/index.ts";
import { loadTable } from "../../schema/load.ts";
import { type PropertyType, parseProperty } from "../../schema/table.ts";
import type { Properties, Value } from "../../value.ts";
import { createOptions } from "./container-options.ts";
import { inNanoseconds } from "./duration.ts";
import { featuresOf } from "./features.ts";
import { updateOptions } from "./limits.ts";
import { furtherNetworks } from "./networks.ts";
import { unsupported } from "./unsupported.ts";

const container = "docker:index/container:Container";
const newest = featuresOf("1.51");
const options = (inputs: Properties, features = newest) => createOptions({ image: "a", ...inputs }, features);
const host = (inputs: Properties) => options(inputs).HostConfig;

describe("nothing that a program says is ignored", () => {
  /** What says how the driver itself goes about it, and so is not in what the daemon is asked to make. */
  const ownBehaviour = [
    "attach",
    "containerReadRefreshTimeoutMilliseconds",
    "destroyGraceSeconds",
    "logs",
    "mustRun",
    "removeVolumes",
    "start",
    "uploads",
    "wait",
    "waitTimeout",
  ];
  const { resources, types } = loadTable("docker");

  /** A value of a type that stands for itself in every place. */
  function sample(type: PropertyType, key: string): Value {
    switch (type.kind) {
      case "number":
        return 7;
      case "boolean":
        return true;
      case "list":
        return [sample(type.of, key)];
      case "map":
        return { key: "sample" };
      case "object":
        return Object.fromEntries(
          Object.entries(types[type.name] ?? {}).map(([name, code]) => [name, sample(parseProperty(code).type, name)]),
        );
      default:
        return type.kind === "string" && type.values !== undefined
          ? (type.values.at(-1) ?? "")
          : /interval|timeout|startPeriod/i.test(key)
            ? "7s"
            : key === "cpus"
              ? "7"
              : "sample";
    }
  }

  test.each(Object.entries(resources[container]?.inputs ?? {}).filter(([key]) => !ownBehaviour.includes(key)))(
    "%s",
    (key, code) => {
      const given = { [key]: sample(parseProperty(code).type, key) };
      if (unsupported(container, given).length > 0) return;
      const made = JSON.stringify([options(given), furtherNetworks(given)]);
      expect(made).not.toBe(JSON.stringify([options({}), furtherNetworks({})]));
    },
  );

  const parts = [
    "ContainerHealthcheck",
    "ContainerPort",
    "ContainerVolume",
    "ContainerNetworksAdvanced",
    "ContainerMount",
  ];
  const inPlace: Readonly<Record<string, (part: Properties) => Properties>> = {
    ContainerHealthcheck: (part) => ({ healthcheck: part }),
    ContainerPort: (part) => ({ ports: [{ internal: 1, ...part }] }),
    ContainerVolume: (part) =>
      part.fromContainer === undefined
        ? { volumes: [{ volumeName: "v", containerPath: "/p", ...part }] }
        : { volumes: [part] },
    ContainerNetworksAdvanced: (part) => ({ networksAdvanced: [{ name: "n", ...part }] }),
    ContainerMount: (part) => ({
      mounts: [
        {
          target: "/t",
          type: part.bindOptions === undefined ? (part.tmpfsOptions === undefined ? "volume" : "tmpfs") : "bind",
          ...part,
        },
      ],
    }),
  };
  test.each(
    parts.flatMap((name) => Object.entries(types[name] ?? {}).map(([key, code]) => [name, key, code] as const)),
  )("%s.%s", (name, key, code) => {
    const given = inPlace[name]?.({ [key]: sample(parseProperty(code).type, key) }) ?? {};
    const without = inPlace[name]?.({}) ?? {};
    expect(JSON.stringify(options(given))).not.toBe(JSON.stringify(options(without)));
  });
});

test("what is not given is left to the image and the daemon", () => {
  expect(JSON.parse(JSON.stringify(options({})))).toEqual({
    Image: "a",
    ExposedPorts: {},
    Volumes: {},
    HostConfig: {
      RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
      Ulimits: [],
      Binds: [],
      VolumesFrom: [],
      Mounts: [],
      Devices: [],
      ExtraHosts: [],
      Init: false,
      PortBindings: {},
    },
  });
});

test("sizes are in MiB, processors in billionths, swap without limit stays", () => {
  expect(host({ memory: 64, memorySwap: -1, memoryReservation: "32", shmSize: 1, cpus: "0.25" })).toMatchObject({
    Memory: 67108864,
    MemoryReservation: 33554432,
    MemorySwap: -1,
    ShmSize: 1048576,
    NanoCpus: 250000000,
  });
});

test("an update says twice the memory for swap where the program says none, as the daemon does at creation", () => {
  expect(updateOptions({ memory: 64 })).toMatchObject({ Memory: 67108864, MemorySwap: 134217728 });
  expect(updateOptions({ memory: 64, memorySwap: 64 })).toMatchObject({ MemorySwap: 67108864 });
  expect(updateOptions({ restart: "on-failure", maxRetryCount: 3 })).toMatchObject({
    RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
  });
});

test("ports: several of the host for one inside, the address and protocol as usual where not given", () => {
  const ports = [
    { internal: 80, external: 8080, ip: "127.0.0.1" },
    { internal: 80, external: 9090 },
    { internal: 53, protocol: "udp" },
  ];
  expect(options({ ports })).toMatchObject({ ExposedPorts: { "80/tcp": {}, "53/udp": {} } });
  expect(host({ ports })?.PortBindings).toEqual({
    "80/tcp": [
      { HostIp: "127.0.0.1", HostPort: "8080" },
      { HostIp: "0.0.0.0", HostPort: "9090" },
    ],
    "53/udp": [{ HostIp: "0.0.0.0", HostPort: "" }],
  });
});

test("volumes: by name, from the host, from a container, and of their own", () => {
  const volumes = [
    { volumeName: "data", containerPath: "/data" },
    { hostPath: "/var/log", containerPath: "/logs", readOnly: true, selinuxRelabel: "z" },
    { fromContainer: "other" },
    { containerPath: "/scratch" },
  ];
  expect(host({ volumes })).toMatchObject({ Binds: ["data:/data:rw", "/var/log:/logs:ro,z"], VolumesFrom: ["other"] });
  expect(options({ volumes }).Volumes).toEqual({ "/data": {}, "/logs": {}, "/scratch": {} });
});

describe("networks", () => {
  const networksAdvanced = [
    { name: "one", aliases: ["web"] },
    { name: "two", ipv4Address: "10.0.0.2", driverOpts: ["a=b=c"] },
  ];

  test("it is made in the first, so never on the default one, and joins the others", () => {
    const made = options({ networksAdvanced });
    expect(made.HostConfig?.NetworkMode).toBe("one");
    expect(made.NetworkingConfig?.EndpointsConfig).toMatchObject({ one: { Aliases: ["web"] } });
    expect(furtherNetworks({ networksAdvanced })).toMatchObject([
      { name: "two", endpoint: { IPAMConfig: { IPv4Address: "10.0.0.2" }, DriverOpts: { a: "b=c" } } },
    ]);
  });

  test("a mode of its own stays, and all networks are joined beside it", () => {
    const made = options({ networksAdvanced, networkMode: "mine" });
    expect(made.HostConfig?.NetworkMode).toBe("mine");
    expect(made.NetworkingConfig).toBeUndefined();
    expect(furtherNetworks({ networksAdvanced, networkMode: "mine" })).toHaveLength(2);
    expect(host({ networkMode: "none" })?.NetworkMode).toBe("none");
  });
});

test("systempaths=unconfined is done by the client", () => {
  expect(host({ securityOpts: ["no-new-privileges:true", "systempaths=unconfined"] })).toMatchObject({
    SecurityOpt: ["no-new-privileges:true"],
    MaskedPaths: [],
    ReadonlyPaths: [],
  });
});

describe("health checks", () => {
  const healthcheck = {
    tests: ["CMD", "true"],
    interval: "1m30s",
    timeout: "500ms",
    retries: "3",
    startInterval: "5s",
  };

  test("times are nanoseconds", () => {
    expect(options({ healthcheck }).Healthcheck).toMatchObject({
      Test: ["CMD", "true"],
      Interval: 90e9,
      Timeout: 5e8,
      Retries: 3,
      StartInterval: 5e9,
    });
  });

  test("the start has no interval of its own on an older daemon", () => {
    expect(options({ healthcheck }, featuresOf("1.43")).Healthcheck).not.toHaveProperty("StartInterval");
    expect(options({ healthcheck }, featuresOf("1.44")).Healthcheck).toHaveProperty("StartInterval");
  });

  test("every duration that our target writes is read back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (count) => {
        expect(inNanoseconds(goDuration(seconds(count)))).toBe(count * 1e9);
      }),
    );
  });
});
