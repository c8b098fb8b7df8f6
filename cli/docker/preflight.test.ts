import { expect, test } from "vitest";
import type { Step } from "../engine/result.ts";
import { type DockerHost, preflightProblems, wantedPorts } from "./preflight.ts";

const step = (name: string, ports: unknown, more: Partial<Step> = {}): Step => ({
  urn: name,
  type: "docker:index/container:Container",
  name,
  parent: "",
  change: "create",
  state: "planned",
  properties: [],
  inputs: { ports },
  ...more,
});

const idle: DockerHost = { published: [], listening: async () => undefined };
const wanted = wantedPorts([step("gateway", [{ internal: 80, external: 80, ip: "127.0.0.1" }])]);

test("ports are those of the containers that will be there", () => {
  const steps = [
    step("gateway", [{ internal: 80, external: 8080, ip: "127.0.0.1", protocol: "tcp" }, { internal: 81 }]),
    step("old", [{ internal: 1, external: 1 }], { change: "delete" }),
    step("silent", undefined),
    step("dns", [{ internal: 53, external: 53, protocol: "udp" }], { change: "same" }),
  ];
  expect(wantedPorts(steps)).toEqual([
    { workload: "gateway", ip: "127.0.0.1", port: 8080, protocol: "tcp" },
    { workload: "dns", ip: "0.0.0.0", port: 53, protocol: "udp" },
  ]);
});

test("nothing stands in the way of an idle machine", async () => {
  expect(await preflightProblems(wanted, { ...idle, disk: { folder: "/data", freeBytes: 1e12 } })).toEqual([]);
});

test("a port that another program has is named, with who wants it and how to find who has it", async () => {
  expect(await preflightProblems(wanted, { ...idle, listening: async () => "EADDRINUSE" })).toEqual([
    "gateway needs port 80 of 127.0.0.1, which another program has: find it with `ss -ltnp 'sport = :80'` " +
      "(macOS: `lsof -nP -iTCP:80 -sTCP:LISTEN`) and stop it",
  ]);
  expect(await preflightProblems(wanted, { ...idle, listening: async () => "EADDRNOTAVAIL" })).toEqual([
    expect.stringContaining("no address of this machine"),
  ]);
  expect(await preflightProblems(wanted, { ...idle, listening: async () => "EACCES" })).toEqual([]);
});

test("a port that a container has is named with it, but not when it is the stack's own", async () => {
  const held = (own: boolean): DockerHost => ({
    published: [{ container: "other-web", ip: "0.0.0.0", port: 80, protocol: "tcp", own }],
    listening: async () => "EADDRINUSE",
  });
  expect(await preflightProblems(wanted, held(false))).toEqual([
    expect.stringContaining("which container other-web has: stop it (docker stop other-web)"),
  ]);
  expect(await preflightProblems(wanted, held(true))).toEqual([]);
});

test("the same port of another address is nobody's here", async () => {
  const [own = expect.unreachable()] = wanted;
  const at = (ip: string): DockerHost => ({
    ...idle,
    published: [{ container: "other-web", ip, port: own.port, protocol: own.protocol, own: false }],
  });
  const here = [{ ...own, ip: "127.0.0.2" }];
  expect(await preflightProblems(here, at("127.0.0.21"))).toEqual([]);
  for (const ip of ["127.0.0.2", "0.0.0.0", "::"]) expect(await preflightProblems(here, at(ip))).toHaveLength(1);
  expect(await preflightProblems([{ ...own, ip: "0.0.0.0" }], at("127.0.0.21"))).toHaveLength(1);
});

test("a disk that is nearly full is named, and every problem is told at once", async () => {
  const host: DockerHost = {
    ...idle,
    listening: async () => "EADDRINUSE",
    disk: { folder: "/var/lib/docker", freeBytes: 5e8 },
  };
  const problems = await preflightProblems(wanted, host);
  expect(problems).toHaveLength(2);
  expect(problems[1]).toMatch(/\(\/var\/lib\/docker\) is nearly full: 0.5 GB left, 2.0 GB are needed/);
});
