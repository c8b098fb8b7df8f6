import { describe, expect, test } from "vitest";
import { parseUrn } from "../identity.ts";
import { type Properties, unknown } from "../value.ts";
import { docker } from "./model.ts";
import { dockerProblems } from "./problems.ts";

const container = "docker:index/container:Container";

function create(type: string, inputs: Properties, preview = false) {
  const resource = parseUrn(`urn:pulumi:dev::p::${type}::thing`);
  const filled = docker.fill({ resource, inputs, seed: resource.urn });
  const instance = { resource, inputs: filled, seed: resource.urn, config: {} };
  const id = docker.id(instance);
  return { id, inputs: filled, outputs: docker.outputs(preview ? instance : { ...instance, id }) };
}

test("a container has a name, an id and an address in every network", () => {
  const { id, outputs } = create(container, { image: "a", networksAdvanced: [{ name: "front" }, { name: "back" }] });
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(outputs.name).toMatch(/^thing-[0-9a-f]{7}$/);
  expect(outputs.networkDatas).toMatchObject([{ networkName: "front" }, { networkName: "back" }]);
  expect(create(container, { image: "a" }, true).outputs).toMatchObject({ networkDatas: unknown, image: "a" });
});

test("a pinned image keeps its digest, another one gets one", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  expect(create("docker:index/remoteImage:RemoteImage", { name: `r/nginx:1@${digest}` }).outputs.repoDigest).toBe(
    `r/nginx@${digest}`,
  );
  expect(create("docker:index/remoteImage:RemoteImage", { name: "r:5000/nginx:1" }).outputs.repoDigest).toMatch(
    /^r:5000\/nginx@sha256:[0-9a-f]{64}$/,
  );
});

test("an automatic name stays while the container lives, and is new for its replacement", () => {
  const resource = parseUrn(`urn:pulumi:dev::p::${container}::thing`);
  const first = docker.fill({ resource, inputs: {}, seed: "1" });
  expect(docker.fill({ resource, inputs: {}, seed: "2", previous: first }).name).toBe(first.name);
  expect(docker.fill({ resource, inputs: {}, seed: "2" }).name).not.toBe(first.name);
  expect(docker.fill({ resource, inputs: {}, seed: "2", previous: { name: "fixed" } }).name).not.toBe("fixed");
});

test("containers are deleted before they are replaced, networks only when their name is fixed", () => {
  const replaced = [{ path: "image", kind: "update", replaces: true }] as const;
  expect(docker.deletesFirst(container, replaced, {})).toBe(true);
  expect(docker.deletesFirst("docker:index/network:Network", replaced, { name: "n", __defaults: ["name"] })).toBe(
    false,
  );
  expect(docker.deletesFirst("docker:index/network:Network", replaced, { name: "n" })).toBe(true);
});

describe("rules beyond the table", () => {
  test.each([
    [{ healthcheck: { interval: "10" } }, "healthcheck.interval"],
    [{ uploads: [{ file: "/a" }] }, "uploads[0]"],
    [{ uploads: [{ file: "/a", content: "x", source: "y" }] }, "uploads[0]"],
    [{ uploads: [{ file: "/a", contentBase64: "no base" }] }, "uploads[0].contentBase64"],
    [{ uploads: [{ file: "/a", content: "x", permissions: "640" }] }, "uploads[0].permissions"],
    [{ volumes: [{ hostPath: "data" }] }, "volumes[0].hostPath"],
    [{ networkMode: "host", networksAdvanced: [{ name: "n" }] }, "networkMode"],
  ])("%j", (inputs, property) => {
    expect(dockerProblems(container, inputs).map((it) => it.property)).toEqual([property]);
  });

  test("a good container has none", () => {
    const inputs = {
      healthcheck: { interval: "1m30s", timeout: "500ms" },
      uploads: [
        { file: "/a", content: "" },
        { file: "/b", contentBase64: "YQ==", permissions: "0440" },
      ],
    };
    expect(dockerProblems(container, inputs)).toEqual([]);
  });
});
