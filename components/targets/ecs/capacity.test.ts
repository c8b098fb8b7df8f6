import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resources, workload } from "../../workload/index.ts";
import { capacityProblems, demandOf, hostsNeeded, roomOf, tasksThatFit } from "./capacity.ts";
import { containerDefinitions, type TaskSite } from "./containers.ts";
import { names } from "./names.ts";
import { collector, context, edge, members, section, store } from "./samples.ts";

const nothing = { cpu: 0, memoryMiB: 0, interfaces: 0 };

describe("room on a host", () => {
  test("a large holds ten tasks with an interface of their own, and as many without as CPU and memory allow", () => {
    const host = roomOf("m7i.large");
    expect(tasksThatFit(host, nothing, { cpu: 10, memoryMiB: 10, interfaces: 1 })).toBe(10);
    expect(tasksThatFit(host, nothing, { cpu: 128, memoryMiB: 10, interfaces: 0 })).toBe(16);
    expect(
      tasksThatFit(host, { cpu: 2000, memoryMiB: 0, interfaces: 0 }, { cpu: 100, memoryMiB: 1, interfaces: 1 }),
    ).toBe(0);
  });

  test("what fits never exceeds the host, and one more would", () => {
    const task = fc.record({
      cpu: fc.integer({ min: 2, max: 4096 }),
      memoryMiB: fc.integer({ min: 6, max: 16_384 }),
      interfaces: fc.constantFrom(0, 1),
    });
    fc.assert(
      fc.property(task, (one) => {
        const host = roomOf("m7i.xlarge");
        const count = tasksThatFit(host, nothing, one);
        const fits = (many: number) =>
          one.cpu * many <= host.cpu &&
          one.memoryMiB * many <= host.memoryMiB &&
          one.interfaces * many <= host.interfaces;
        expect(fits(count)).toBe(true);
        expect(fits(count + 1)).toBe(false);
      }),
    );
  });

  test("hosts as needed hold the sum of all tasks and of what runs on each", () => {
    const task = fc.record({
      cpu: fc.integer({ min: 2, max: 1800 }),
      memoryMiB: fc.integer({ min: 6, max: 7000 }),
      interfaces: fc.constantFrom(0, 1),
    });
    const everywhere = { cpu: 200, memoryMiB: 400, interfaces: 0 };
    const host = roomOf("m7i.large");
    fc.assert(
      fc.property(fc.array(task, { minLength: 1, maxLength: 60 }), (tasks) => {
        const needed = hostsNeeded(host, everywhere, tasks);
        for (const of of ["cpu", "memoryMiB", "interfaces"] as const) {
          const sum = tasks.reduce((all, one) => all + one[of], 0);
          expect((host[of] - everywhere[of]) * needed).toBeGreaterThanOrEqual(sum);
        }
        expect(needed).toBeLessThanOrEqual(tasks.length);
      }),
    );
  });

  test("room in pieces is no room: three tasks of two thirds of a host need three hosts, though two would have the sum", () => {
    const task = { cpu: 1300, memoryMiB: 10, interfaces: 1 };
    expect(hostsNeeded(roomOf("m7i.large"), nothing, [task, task, task])).toBe(3);
  });

  test("what runs before a workload counts too", () => {
    expect(demandOf(store).memoryMiB).toBe(128 + 64);
    expect(demandOf(collector)).toMatchObject({ memoryMiB: 128 + 64, interfaces: 0 });
  });

  test("a task reserves what its definition says, all containers together", () => {
    const site: TaskSite = {
      names: names(context.stack, section),
      region: section.region,
      labels: {},
      probeImage: context.probeImage,
      thirdParty: context.thirdParty,
      secretArn: (name) => name,
      heldArn: ({ kind }) => kind,
      registryCredentials: undefined,
    };
    for (const spec of members.filter((member) => member.kind === "workload")) {
      const reserved = containerDefinitions(spec, site).reduce((sum, one) => sum + one.memoryReservation, 0);
      expect(demandOf(spec).memoryMiB, spec.name).toBe(reserved);
    }
  });
});

describe("a stack that does not fit", () => {
  test("fits as it is", () => expect(capacityProblems(members, section)).toEqual([]));

  test("says which host is too small, for whom, and how much is missing", () => {
    const hungry = workload({
      ...store,
      resources: resources({ cpu: { request: 100, limit: 100 }, memory: { request: 9000, limit: 9000 } }),
    });
    expect(capacityProblems([hungry, edge], section)).toEqual([
      "ecs.monitoringHost.instanceType: m7i.large has 7526 MiB of memory, loki, what runs on every host ask for 9064; take a larger type",
    ]);
  });

  test("says that the hosts' maximum is too low", () => {
    const many = workload({
      ...edge,
      placement: { ...edge.placement, scaling: { kind: "fixed", replicas: 190 } } as typeof edge.placement,
    });
    expect(capacityProblems([many], section).join()).toMatch(
      /hosts\.maximum: 12 hosts of m7i\.large are too few: .* need \d+ \(.*task interfaces\); say \d+ or/,
    );
  });

  test("finds two that want one port of every host", () => {
    expect(capacityProblems([collector, workload({ ...collector, name: "other" })], section)).toEqual([
      "other: port 9080 on every host is promtail's; choose another",
    ]);
  });
});
