import { describe, expect, test } from "vitest";
import { probe, probes, seconds, type WorkloadSpec, workload } from "../../workload/index.ts";
import { clashes } from "../clashes.ts";
import { owned } from "./owned.ts";
import { problems } from "./problems.ts";
import { backend, edge, members, section, store } from "./samples.ts";

const found = (spec: WorkloadSpec) => problems(spec, section);
const timed = (spec: WorkloadSpec, interval: number, timeout: number, failureThreshold = 4): WorkloadSpec =>
  workload({
    ...spec,
    probes: {
      ...spec.probes,
      liveness: probe({
        check: spec.probes.liveness.check,
        interval: seconds(interval),
        timeout: seconds(timeout),
        failureThreshold,
      }),
    },
  });

describe("what ECS cannot keep", () => {
  test("nothing of what can be kept", () => {
    for (const member of members) if (member.kind === "workload") expect(found(member)).toEqual([]);
  });

  test.each([
    [timed(edge, 4, 2, 10), "workload gateway: probes.liveness.interval is 4 s; an ECS health check takes 5 to 300 s"],
    [timed(edge, 30, 1), "workload gateway: probes.liveness.timeout is 1 s; an ECS health check takes 2 to 60 s"],
  ])("a timing: %#", (spec, message) => expect(found(spec)).toEqual([message]));

  test("a share of a core that the kernel does not take", () => {
    const resources = { ...edge.resources, cpu: { request: 1, limit: 100 } };
    expect(found(workload({ ...edge, resources }))).toEqual([
      "workload gateway: resources.cpu.request is 1 thousandth of a core; the smallest share of ECS is 2",
    ]);
  });

  test.each(["probe", "files-0"])("a volume named as one of the task's own: %s", (name) => {
    const volumes = [{ kind: "scratch", name, path: "/scratch", sizeMiB: 1 }] as const;
    expect(found(workload({ ...edge, volumes }))).toEqual([
      `workload gateway: volume "${name}" has a name that a task's own volumes have; choose another`,
    ]);
  });

  test("a start that takes more than five minutes", () => {
    const startup = probe({
      check: backend.probes.readiness.check,
      interval: seconds(60),
      timeout: seconds(5),
      failureThreshold: 6,
    });
    const rollout = { ...backend.placement.rollout, progressDeadline: seconds(1000) };
    const slow = workload({
      ...backend,
      probes: probes({ ...backend.probes, startup }),
      placement: { ...backend.placement, rollout } as typeof backend.placement,
    });
    expect(found(slow).join()).toMatch(/probes\.startup .* is 360 s; an ECS health check takes 0 to 300 s/);
  });

  test("a load balancer that would ask by TCP, or a port that is closed to customers", () => {
    const readiness = { ...edge.probes.readiness, check: { kind: "tcp", port: "http" } as const };
    expect(found(workload({ ...edge, probes: { ...edge.probes, readiness } })).join()).toMatch(/asks by http only/);
    const ports = edge.ports.map((port) => (port.name === "http" ? { ...port, exposure: "internal" as const } : port));
    expect(found(workload({ ...edge, ports })).join()).toMatch(/which is not public/);
  });

  test("requests that nothing counts, and two owners of one folder", () => {
    const scaling = {
      kind: "automatic",
      minimum: 1,
      maximum: 2,
      target: { metric: "requests", perSecond: 5 },
    } as const;
    const counted = workload({ ...backend, placement: { ...backend.placement, scaling } as typeof backend.placement });
    expect(found(counted).join()).toMatch(/scale by cpu/);
    const two = workload({ ...store, placement: { ...store.placement, replicas: 2 } as typeof store.placement });
    expect(found(two).join()).toMatch(/must be 1/);
  });

  test("more instances than a name has addresses, where Prometheus looks for them by it", () => {
    const upTo = (replicas: number, scrape?: typeof scraped) =>
      found(
        workload({
          ...backend,
          ...(scrape === undefined ? {} : { scrape }),
          placement: { ...backend.placement, scaling: { kind: "fixed", replicas } } as typeof backend.placement,
        }),
      ).join();
    const scraped = { port: "http", path: "/metrics" };
    expect(upTo(9, scraped)).toMatch(/placement\.scaling goes to 9; .* at most 8 addresses here: say 8/);
    expect(upTo(8, scraped)).toBe("");
    expect(upTo(9)).toBe("");
  });

  test("a file over a folder that the image needs", () => {
    expect(
      found(workload({ ...edge, files: [{ path: "/etc/app.conf", content: "" }], secretFiles: [] })).join(),
    ).toMatch(/a file lies in \/etc, which ECS would hide/);
  });

  test.each([
    ["hosts", 'the platform itself and member hosts would both have the security group "hosts"; rename one'],
    ["balancer", 'the platform itself and member balancer would both have the security group "balancer"; rename one'],
    ["prepare", /workload prepare and the platform itself would both have the container of task prepare "prepare"/],
    ["probe", /workload probe and the platform itself would both have the container of task probe "probe"/],
  ])("a name that the target itself takes: %s", (name, message) => {
    expect(clashes(owned([...members, { ...backend, name }]))).toEqual([expect.stringMatching(message)]);
  });

  test("no name of the samples", () => expect(clashes(owned(members))).toEqual([]));

  test("a task larger than a host", () => {
    const resources = { cpu: { request: 4000, limit: 4000 }, memory: { request: 9000, limit: 9000 } };
    expect(found(workload({ ...edge, resources }))).toHaveLength(2);
  });
});
