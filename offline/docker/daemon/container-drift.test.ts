import type Docker from "dockerode";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Properties, secret } from "../../value.ts";
import { observedInputs } from "./container-drift.ts";
import { inspected } from "./testing.ts";

const mebibyte = 1024 * 1024;

const asked: Properties = {
  name: "web",
  image: "sha256:1234",
  envs: secret(["PASSWORD=hush"]),
  labels: [{ label: "stack", value: "dev" }],
  memory: 64,
  cpus: "0.5",
  cpuShares: 512,
  restart: "unless-stopped",
  networksAdvanced: [{ name: "own", aliases: ["web"] }],
};

test("a container that is as it was asked for has no drift, whatever that was", () => {
  const inputs = fc.record(
    {
      name: fc.constant("web"),
      image: fc.constantFrom("nginx:1", "sha256:1234"),
      envs: fc.array(fc.stringMatching(/^[A-Z]{1,5}=[a-z]*$/)),
      memory: fc.nat(4096),
      memoryReservation: fc.nat(4096),
      memorySwap: fc.integer({ min: 1, max: 4096 }),
      cpuShares: fc.nat(1024),
      cpuPeriod: fc.nat(1000),
      cpuQuota: fc.nat(1000),
      cpuSet: fc.constantFrom("0", "0-1"),
      cpus: fc.integer({ min: 1, max: 400 }).map((hundredths) => String(hundredths / 100)),
      restart: fc.constantFrom("no", "always", "on-failure", "unless-stopped"),
      maxRetryCount: fc.nat(5),
      networksAdvanced: fc.constantFrom([{ name: "own" }], [{ name: "id-of-own" }]),
    },
    { requiredKeys: ["name", "image"] },
  );
  fc.assert(
    fc.property(inputs, (given) => {
      expect(observedInputs(given, inspected(given))).toEqual(given);
    }),
  );
});

describe("drift", () => {
  const changed = (change: (info: Docker.ContainerInspectInfo) => void): Properties => {
    const info = inspected(asked);
    info.HostConfig = { ...info.HostConfig };
    change(info);
    const seen = observedInputs(asked, info);
    return Object.fromEntries(Object.entries(seen).filter(([key, value]) => value !== asked[key]));
  };
  const network = { ...Object.values(inspected(asked).NetworkSettings.Networks)[0] };

  test.each<[string, (info: Docker.ContainerInspectInfo) => void, Properties]>([
    ["stopped", ({ State }) => Object.assign(State, { Running: false, Status: "exited" }), { mustRun: false }],
    ["limits", ({ HostConfig }) => Object.assign(HostConfig, { Memory: 128 * mebibyte }), { memory: 128 }],
    ["a limit it had not", ({ HostConfig }) => Object.assign(HostConfig, { CpusetCpus: "1" }), { cpuSet: "1" }],
    ["processors", ({ HostConfig }) => Object.assign(HostConfig, { NanoCpus: 1e9 }), { cpus: "1" }],
    ["restarting", ({ HostConfig }) => Object.assign(HostConfig, { RestartPolicy: { Name: "" } }), { restart: "no" }],
    ["renamed", (info) => Object.assign(info, { Name: "/other" }), { name: "other" }],
    ["image", (info) => Object.assign(info, { Image: "sha256:5678" }), { image: "sha256:5678" }],
    ["label", ({ Config }) => Object.assign(Config, { Labels: {} }), { labels: [] }],
    ["secret variable", ({ Config }) => Object.assign(Config, { Env: ["A=b"] }), { envs: secret(["A=b"]) }],
    [
      "left its network",
      ({ NetworkSettings }) => Object.assign(NetworkSettings, { Networks: {} }),
      { networksAdvanced: [] },
    ],
    [
      "put into another",
      ({ NetworkSettings }) => Object.assign(NetworkSettings.Networks, { extra: network }),
      { networksAdvanced: [{ name: "own", aliases: ["web"] }, { name: "extra" }] },
    ],
  ])("%s", (_, change, drift) => expect(changed(change)).toEqual(drift));

  test("one that need not run, or ends by itself, may have stopped", () => {
    const stopped = { Running: false, Status: "exited" };
    for (const inputs of [{ mustRun: false }, { start: false }, { attach: true }]) {
      expect(observedInputs(inputs, inspected({ image: "a", ...inputs }, stopped))).not.toHaveProperty(
        "mustRun",
        undefined,
      );
      expect(observedInputs(inputs, inspected(inputs, stopped)).mustRun).toBe("mustRun" in inputs ? false : undefined);
    }
  });
});
