import { describe, expect, test } from "vitest";
import { settingsOf } from "../../../tests/support/stacks.ts";
import { describePlatform, membersOf, platformProblems } from "../../specification.ts";
import type { Member, WorkloadSpec } from "../../workload/index.ts";
import { clashes } from "../clashes.ts";
import { owned } from "./owned.ts";

const settings = settingsOf("dev", "docker");
const platform = describePlatform(settings);
const members = membersOf(platform);

function named(name: string): WorkloadSpec {
  const found = members.find((member) => member.name === name);
  if (found?.kind !== "workload") throw new Error(`no workload ${name}`);
  return found;
}

const called = (name: string, like: string, more: Partial<WorkloadSpec> = {}): WorkloadSpec => ({
  ...named(like),
  name,
  ...more,
});

describe("names that meet on a daemon are refused", () => {
  test("there are none in dev", () => expect(clashes(owned(members))).toEqual([]));

  const backend = named("backend");
  if (backend.placement.kind !== "stateless") throw new Error("not stateless");
  const two = { ...backend.placement, scaling: { kind: "fixed", replicas: 2 } } as const;
  const client = (to: string): WorkloadSpec => called("client", "cache", { connectsTo: [{ to, port: "http" }] });
  const data = (name: string) => [{ kind: "persistent", name, path: "/data", sizeGiB: 1 }] as const;

  test.each<[string, readonly Member[], string]>([
    [
      "a server and the way out",
      [called("egress", "cache"), client("egress")],
      'the platform itself and workload egress would both have the network "egress"; rename one',
    ],
    [
      "a workload and the container with the probe binary",
      [called("probe", "frontend")],
      'the platform itself and workload probe would both have the container "probe"; rename one',
    ],
    [
      "a workload and another one's replica",
      [called("api", "backend", { placement: two }), called("api-2", "frontend")],
      'replica 2 of workload api and workload api-2 would both have the container "api-2"; rename one',
    ],
    [
      "a workload and another one's loader of files",
      [named("gateway"), called("gateway-files", "frontend")],
      'the loader of files of workload gateway and workload gateway-files would both have the container "gateway-files"; rename one',
    ],
    [
      "a volume and a folder of files",
      [{ ...named("gateway"), volumes: data("etc-gateway") }],
      'volume "etc-gateway" of workload gateway and the files in /etc/gateway of workload gateway would both have the volume "gateway-etc-gateway"; rename one',
    ],
    [
      "volumes of two workloads: one would write over the other's data",
      [called("a", "frontend", { volumes: data("b-c") }), called("a-b", "frontend", { volumes: data("c") })],
      'volume "b-c" of workload a and volume "c" of workload a-b would both have the volume "a-b-c"; rename one',
    ],
  ])("%s", (_, some, message) => expect(clashes(owned(some))).toEqual([message]));

  test("when the settings are read", () => {
    const more = { ...platform, application: [...platform.application, called("probe", "frontend")] };
    expect(platformProblems(settings, more)).toEqual([expect.stringContaining('the container "probe"; rename one')]);
  });
});
