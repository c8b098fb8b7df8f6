import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { settingsOf } from "../../../tests/support/stacks.ts";
import { describePlatform, isWorkload, membersOf } from "../../specification.ts";
import { parseDuration, seconds, type WorkloadSpec } from "../../workload/index.ts";
import { fileFolders, filesHash, fixedFiles, liveFiles } from "./files.ts";
import { goDuration } from "./health.ts";
import { membershipsOf, serversOf } from "./networks.ts";
import { problems } from "./problems.ts";
import { dockerSection } from "./section.ts";

const members = membersOf(describePlatform(settingsOf("dev", "docker")));

function named(name: string): WorkloadSpec {
  const found = members.find((member) => member.name === name);
  if (found === undefined || !isWorkload(found)) throw new Error(`no workload ${name}`);
  return found;
}

describe("goDuration", () => {
  test.each([
    [0, "0s"],
    [5, "5s"],
    [60, "1m0s"],
    [90, "1m30s"],
    [3600, "1h0m0s"],
  ])("%d s is %s, as Go writes it", (count, text) => expect(goDuration(seconds(count))).toBe(text));

  test("means what it was made of", () => {
    fc.assert(
      fc.property(fc.nat(10 ** 6), (count) => {
        expect(parseDuration(goDuration(seconds(count))).seconds).toBe(count);
      }),
    );
  });
});

describe("file folders", () => {
  const at = (...paths: readonly string[]) => ({
    files: paths.map((path) => ({ path, content: "x" })),
    secretFiles: [],
  });

  test("one inside another is part of it; one that only begins alike is not", () => {
    const folders = fileFolders(at("/etc/a/one", "/etc/a/deep/er/two", "/etc/ab/three"));
    expect(folders).toEqual([
      { path: "/etc/a", slug: "etc-a" },
      { path: "/etc/ab", slug: "etc-ab" },
    ]);
  });

  test("what changes under the running container is written by a loader of its own", () => {
    const secretFiles = [
      { path: "/etc/mtls/identity.pem", secret: "mtlsBackend", live: true },
      { path: "/etc/a/password", secret: "smtpPassword" },
    ] as const;
    const all = { ...at("/etc/a/one"), secretFiles };
    expect([fixedFiles(all), liveFiles(all)].map((part) => fileFolders(part).map(({ path }) => path))).toEqual([
      ["/etc/a"],
      ["/etc/mtls"],
    ]);
  });

  test("two that Docker's names cannot tell apart are called differently", () => {
    expect(fileFolders(at("/opt/x-y/one", "/opt/x/y/two")).map(({ slug }) => slug)).toEqual(["opt-x-y-0", "opt-x-y-1"]);
  });

  test("a changed file, another image and another secret are another volume; the same is the same", () => {
    const gateway = named("gateway");
    const hash = filesHash(gateway);
    expect(filesHash({ ...gateway, args: ["other"] })).toBe(hash);
    expect(filesHash({ ...gateway, files: gateway.files.map((file) => ({ ...file, content: "new" })) })).not.toBe(hash);
    expect(filesHash({ ...gateway, image: { ...gateway.image, version: "9.9.9" } })).not.toBe(hash);
    expect(filesHash({ ...gateway, secretFiles: [] })).not.toBe(hash);
  });
});

describe("networks", () => {
  const servers = serversOf(members);

  test("two workloads meet only where one connects to the other, or both to a third", () => {
    const workloads = members.filter(isWorkload);
    const networksOf = (spec: WorkloadSpec) => membershipsOf(spec, servers).map(({ network }) => network);
    for (const one of workloads) {
      for (const other of workloads.filter(({ name }) => name !== one.name)) {
        const common = networksOf(one).filter((network) => network !== "egress" && networksOf(other).includes(network));
        const servedBy = (spec: WorkloadSpec) => [spec.name, ...spec.connectsTo.map(({ to }) => to)];
        expect(common.every((network) => servedBy(one).includes(network) && servedBy(other).includes(network))).toBe(
          true,
        );
      }
    }
  });

  test("nobody but the database's clients is on its network", () => {
    const joined = members
      .filter(isWorkload)
      .filter((spec) => membershipsOf(spec, servers).some(({ network }) => network === "database"));
    expect(joined.map(({ name }) => name).sort()).toEqual([
      "backend",
      "backup",
      "database",
      "postgres-exporter",
      "worker",
    ]);
  });
});

describe("what Docker cannot keep is refused, each with the way out", () => {
  const gateway = named("gateway");

  test("of the platform in dev, nothing", () => {
    expect(members.filter(isWorkload).flatMap(problems)).toEqual([]);
  });

  test.each<[string, WorkloadSpec, RegExp]>([
    [
      "two owners of a host port",
      {
        ...gateway,
        placement: { kind: "stateless", scaling: { kind: "fixed", replicas: 2 }, rollout: rolling(gateway) },
      },
      /gateway: placement asks for 2 replicas that all own port 80, 443.*set replicas to 1/,
    ],
    ["a file in /", { ...gateway, files: [{ path: "/a.conf", content: "x" }] }, /put it into a folder of its own/],
    ["a file in a volume", { ...gateway, files: [{ path: "/tmp/a.conf", content: "x" }] }, /overlaps the volume "tmp"/],
    ["an empty file", { ...gateway, files: [{ path: "/etc/gateway/a.conf", content: "" }] }, /give it a comment line/],
    [
      "too small a share",
      { ...gateway, resources: { ...gateway.resources, cpu: { request: 1, limit: 100 } } },
      /resources.cpu.request is 1 .* smallest share is 2/,
    ],
  ])("%s", (_, spec, message) => expect(problems(spec).join("\n")).toMatch(message));
});

function rolling({ placement }: WorkloadSpec) {
  if (placement.kind !== "stateless") throw new Error("not stateless");
  return placement.rollout;
}

describe("the section", () => {
  test("has a default for everything", () => {
    expect(dockerSection.parse({})).toEqual({
      socket: "/var/run/docker.sock",
      loopbackAddress: "127.0.0.1",
      publicAddress: "127.0.0.1",
    });
  });

  test.each([{ host: "localhost" }, { loopbackAddress: "localhost" }, { publicAddress: "0.0.0.0/0" }, { ports: 1 }])(
    "refuses %j",
    (section) => expect(dockerSection.safeParse(section).success).toBe(false),
  );
});
