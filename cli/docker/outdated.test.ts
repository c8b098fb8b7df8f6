import { expect, test } from "vitest";
import { readState } from "../engine/state.ts";
import type { Labelled } from "./leftovers.ts";
import { idsNow, outdatedIn } from "./outdated.ts";

const labelled: readonly Labelled[] = [
  { kind: "container", id: "c1", name: "backend-1", kept: false },
  { kind: "volume", id: "data", name: "data", kept: true },
];
const redis = "docker.io/library/redis:7";

const urn = (type: string, name: string) => `urn:pulumi:dev::p::a$${type}::${name}`;
const of = (type: string, name: string, id: string, outputs = {}) => ({ urn: urn(type, name), type, id, outputs });
const image = (name: string, imageId: string) =>
  of("docker:index/remoteImage:RemoteImage", "image-redis", `${imageId}${name}`, { name, imageId });
const state = (...resources: readonly object[]) => readState(JSON.stringify({ version: 3, deployment: { resources } }));

const present = [
  of("docker:index/container:Container", "backend", "c1"),
  of("docker:index/volume:Volume", "data", "data"),
  { urn: urn("a", "component"), type: "trading-platform:workload:Workload" },
];
const gone = [of("docker:index/container:Container", "cache", "c9"), of("docker:index/network:Network", "net", "n9")];

test("what the state knows and the daemon has no longer is told, and everything refreshed", () => {
  const known = state(...present, ...gone, image(redis, "sha256:0"));
  expect(outdatedIn(labelled, new Map(), known)).toEqual({ why: "no longer there: cache, net" });
});

test("an image that was built anew under its name is told, and it alone refreshed; one that is gone may be anywhere", () => {
  const known = state(...present, image(redis, "sha256:0"));
  expect(outdatedIn(labelled, new Map([[redis, "sha256:1"]]), known)).toEqual({
    why: "another image of the same name: image-redis",
    urns: [urn("docker:index/remoteImage:RemoteImage", "image-redis")],
  });
  expect(outdatedIn(labelled, new Map([[redis, "sha256:0"]]), known)).toBeUndefined();
  expect(outdatedIn(labelled, new Map(), known)).toBeUndefined();
});

test("both at once are told at once, and everything refreshed", () => {
  const known = state(...present, ...gone, image(redis, "sha256:0"));
  expect(outdatedIn(labelled, new Map([[redis, "sha256:1"]]), known)).toEqual({
    why: "no longer there: cache, net; another image of the same name: image-redis",
  });
});

test("without a state nothing is outdated", () => {
  expect(outdatedIn(labelled, new Map(), readState('{"version":3,"deployment":null}'))).toBeUndefined();
});

test("each image of the state is asked for by its name, and what is not there has no id", async () => {
  const there = new Map([[redis, { id: "sha256:1", labels: {}, bytes: 1, digests: [] }]]);
  const known = state(...present, image(redis, "sha256:0"), image("docker.io/acme/gone:1", "sha256:2"));
  expect(await idsNow({ find: async (name) => there.get(name) }, known)).toEqual(new Map([[redis, "sha256:1"]]));
});
