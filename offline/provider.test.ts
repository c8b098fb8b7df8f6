import { describe, expect, test } from "vitest";
import { aws } from "./aws/model.ts";
import { docker } from "./docker/model.ts";
import type { Fault } from "./faults.ts";
import type { Guard } from "./guard.ts";
import { kubernetes } from "./kubernetes/model.ts";
import { OfflineProvider } from "./provider.ts";
import { PartialFailure } from "./served-provider.ts";
import type { Properties } from "./value.ts";

const open: Guard = { refusal: () => undefined };
const urn = "urn:pulumi:dev::p::docker:index/container:Container::web";
const inputs = { image: "nginx:1" };

function provider(faults: readonly Fault[] = []): OfflineProvider {
  return new OfflineProvider(docker, open, faults);
}

describe("ids and automatic names", () => {
  test("the same steps give the same ones", async () => {
    const once = await provider().create(urn, inputs, {}, false);
    expect((await provider().create(urn, inputs, {}, false)).id).toBe(once.id);
  });

  test("a replacement gets others, also when another server created the first", async () => {
    const first = await provider().create(urn, inputs, {}, false);
    const server = provider();
    const name = server.check(urn, inputs).inputs.name;
    server.diff(urn, first.id, inputs, { image: "nginx:2" });
    expect((await server.create(urn, inputs, {}, false)).id).not.toBe(first.id);
    expect(server.check(urn, inputs).inputs.name).not.toBe(name);
  });
});

describe("the guard", () => {
  const closed: Guard = { refusal: ({ name }) => `no ${name}` };

  test("stops create, update and delete of every provider, but no preview", async () => {
    for (const model of [aws, kubernetes, docker]) {
      const guarded = new OfflineProvider(model, closed, []);
      const state = { id: "a", properties: {} };
      await expect(guarded.create(urn, {}, {}, false)).rejects.toThrow("no web");
      await expect(guarded.update(urn, state, {}, {}, false)).rejects.toThrow("no web");
      await expect(guarded.delete(urn)).rejects.toThrow("no web");
      await expect(guarded.create(urn, {}, {}, true)).resolves.toMatchObject({ id: "" });
    }
  });
});

describe("faults", () => {
  test("a container fails after its id exists, a network before", async () => {
    const faults: readonly Fault[] = [{ resource: "web", on: "create", kind: "fail", message: "unhealthy" }];
    const failure = await provider(faults)
      .create(urn, inputs, {}, false)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartialFailure);
    expect(failure).toMatchObject({ message: "unhealthy", id: expect.stringMatching(/^[0-9a-f]{64}$/), inputs });
    const network = urn.replace("container:Container", "network:Network");
    await expect(provider(faults).create(network, {}, {}, false)).rejects.not.toBeInstanceOf(PartialFailure);
  });

  test("only the named resource and operation are hit, by name or end of the URN", async () => {
    const failing = provider([{ resource: "::web", on: "delete", kind: "fail" }]);
    await expect(failing.create(urn, inputs, {}, false)).resolves.toBeDefined();
    await expect(failing.delete(urn)).rejects.toThrow("injected failure of delete");
    await expect(failing.delete(`${urn}-2`)).resolves.toBeUndefined();
    const byName = provider([{ resource: "web", on: "delete", kind: "fail" }]);
    await expect(byName.delete(urn.replace("::web", "::my-web"))).resolves.toBeUndefined();
  });

  test("a slow creation takes its time, and ends at once when cancelled", async () => {
    const slow = (milliseconds: number) => provider([{ resource: "web", on: "create", kind: "slow", milliseconds }]);
    const started = performance.now();
    await slow(100).create(urn, inputs, {}, false);
    expect(performance.now() - started).toBeGreaterThan(90);
    const endless = slow(60_000);
    const creation = endless.create(urn, inputs, {}, false);
    setTimeout(() => endless.cancel(), 20);
    await expect(creation).rejects.toThrow("create was cancelled");
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

test("a type without a table is accepted, with a warning the first time", () => {
  const server = new OfflineProvider(aws, open, []);
  const queue = "urn:pulumi:dev::p::aws:sqs/queue:Queue::q";
  expect(server.check(queue, { anything: 1 })).toMatchObject({
    problems: [],
    warning: expect.stringContaining("aws:sqs/queue:Queue"),
  });
  expect(server.check(queue, { anything: 1 }).warning).toBeUndefined();
});

test("to state what the provider had filled in is no change, to state something else is one", () => {
  const server = new OfflineProvider(aws, open, []);
  const service = "urn:pulumi:dev::p::aws:ecs/service:Service::s";
  const changes = (after: Properties) => server.diff(service, "a", {}, after, { launchType: "EC2" }).changes;
  expect(changes({ launchType: "EC2" })).toEqual([]);
  expect(changes({})).toEqual([]);
  expect(changes({ launchType: "FARGATE" })).toEqual([{ path: "launchType", kind: "update", replaces: true }]);
});

test("a refresh finds what is stored; what is only named is made up", async () => {
  const server = new OfflineProvider(aws, open, []);
  const vpc = "urn:pulumi:dev::p::aws:ec2/vpc:Vpc::v";
  const read = async (properties: Properties) =>
    (await server.read(vpc, { id: "vpc-1", properties }, {}, {}))?.properties;
  expect(await read({ cidrBlock: "10.0.0.0/8" })).toEqual({ cidrBlock: "10.0.0.0/8" });
  expect(await read({})).toMatchObject({ arn: "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1" });
});

test("a function without a stand-in is refused with the ones there are", () => {
  expect(() => provider().invoke("docker:index/getLogs:getLogs", {}, {})).toThrow(
    /has no function .*getLogs.*getRegistryImage/,
  );
});
