import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countChanges, makeCollector, pathSteps, readable, valueAt } from "./collect.ts";

const urn = "urn:pulumi:dev::p::docker:index/container:Container::gateway";

type Op = StepEventMetadata["op"];

const metadata = (op: Op, more: Partial<StepEventMetadata> = {}): StepEventMetadata => ({
  op,
  urn,
  type: "docker:index/container:Container",
  provider: "",
  ...more,
});

const state = (inputs: Record<string, unknown>) => ({
  type: "docker:index/container:Container",
  urn,
  id: "",
  parent: "",
  inputs,
  outputs: {},
  provider: "",
});

const event = (parts: Omit<EngineEvent, "sequence" | "timestamp">): EngineEvent => ({
  sequence: 0,
  timestamp: 0,
  ...parts,
});

function collect(planned: boolean, events: readonly Omit<EngineEvent, "sequence" | "timestamp">[]) {
  const collector = makeCollector(planned);
  for (const parts of events) collector.add(event(parts));
  return collector.collected();
}

test("what is inside of a secret is as secret as it is", () => {
  const marked = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: ["a"] };
  for (const envs of [marked, "[secret]"]) expect(valueAt({ envs }, "envs[0]")).toBe("[secret]");
});

describe("policy events", () => {
  const policyEvent = {
    resourceUrn: urn,
    message: "<{%reset%}>no probes<{%reset%}>\n",
    color: "never",
    policyName: "require-probes",
    policyPackName: "p",
    policyPackVersion: "1",
    policyPackVersionTag: "1",
  };

  test("mandatory is a violation, everything weaker a warning", () => {
    const { violations, warnings } = collect(true, [
      { policyEvent: { ...policyEvent, enforcementLevel: "mandatory" } },
      { policyEvent: { ...policyEvent, enforcementLevel: "warning" } },
    ]);
    const finding = { policy: "require-probes", pack: "p", urn, resource: "gateway", message: "no probes" };
    expect(violations).toMatchObject([finding]);
    expect(warnings).toMatchObject([finding]);
  });
});

describe("steps", () => {
  test("the three steps of a replacement are one, with the property that forces it", () => {
    const replace = metadata("replace", {
      old: state({ image: "a:1" }),
      new: state({ image: "a:2" }),
      keys: ["image"],
      diffs: ["image"],
    });
    const { steps } = collect(true, [
      { resourcePreEvent: { metadata: { ...replace, op: "create-replacement" as Op }, planning: true } },
      { resourcePreEvent: { metadata: replace, planning: true } },
      { resourcePreEvent: { metadata: metadata("delete-replaced" as Op), planning: true } },
    ]);
    expect([...steps.values()]).toMatchObject([
      {
        name: "gateway",
        change: "replace",
        state: "planned",
        properties: [{ path: "image", kind: "update", forcesReplacement: true, before: "a:1", after: "a:2" }],
      },
    ]);
  });

  test.each([
    ["the new one first", ["create-replacement", "replace", "delete-replaced"]],
    ["the old one first", ["delete-replaced", "replace", "create-replacement"]],
  ])("a replacement is done when its successor is there, %s", (_order, ops) => {
    const collector = makeCollector(false);
    const states = ops.flatMap((op) =>
      ["resourcePreEvent", "resOutputsEvent"].map((kind) => {
        collector.add(event({ [kind]: { metadata: metadata(op as Op) } }));
        return collector.collected().steps.get(urn)?.state;
      }),
    );
    const made = states.indexOf("done");
    expect(states.slice(made).every((state) => state === "done")).toBe(true);
    expect(made).toBe(ops.indexOf("create-replacement") * 2 + 1);
  });

  test("an update is planned, then done; in a preview it stays planned", () => {
    const events = [
      { resourcePreEvent: { metadata: metadata("create") } },
      { resOutputsEvent: { metadata: metadata("create") } },
    ];
    expect(collect(false, events).steps.get(urn)?.state).toBe("done");
    expect(collect(true, events).steps.get(urn)?.state).toBe("planned");
  });

  test("a failed one is failed", () => {
    const { steps } = collect(false, [
      { resourcePreEvent: { metadata: metadata("create") } },
      { resOpFailedEvent: { metadata: metadata("create"), status: 1, steps: 1 } },
    ]);
    expect(steps.get(urn)?.state).toBe("failed");
    expect(countChanges(steps.values()).create).toBe(1);
  });
});

describe("diagnostics", () => {
  test("debugging, status lines and what only repeats the end are left out", () => {
    const said = (severity: "error" | "warning" | "info", message: string, more = {}) => ({
      diagnosticEvent: { severity, message, color: "never", ...more },
    });
    const { diagnostics } = collect(true, [
      said("error", "preview failed\n"),
      said("warning", "using pulumi-analyzer-policy-nodejs from $PATH at /x\n"),
      said("info", "creating…", { ephemeral: true }),
      said("error", "no room\n    at f (/a/node_modules/b/c.js:1:2)\n    at node:internal/x:1:2\n", { urn }),
    ]);
    expect(diagnostics).toEqual([{ severity: "error", urn, message: "no room" }]);
  });
});

describe("values", () => {
  test("a secret is shown as such wherever it is", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };
    expect(readable({ a: [secret], b: { c: secret, d: 1 }, e: null })).toEqual({
      a: ["[secret]"],
      b: { c: "[secret]", d: 1 },
      e: null,
    });
  });

  test.each([
    ["a.b", ["a", "b"]],
    ["ports[0].external", ["ports", "0", "external"]],
    ['labels["app.kubernetes.io/name"].x', ["labels", "app.kubernetes.io/name", "x"]],
  ])("%s is the path %j", (path, steps) => {
    expect(pathSteps(path)).toEqual(steps);
  });

  test("every value of a record is found under the path that leads to it", () => {
    const keys = fc.array(fc.stringMatching(/^[a-zA-Z_./-]{1,6}$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(keys, fc.string(), (path, value) => {
        const record = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
        expect(valueAt(record, path.map((key) => `["${key}"]`).join(""))).toBe(value);
        expect(valueAt(record, `${path.map((key) => `["${key}"]`).join("")}.more`)).toBeUndefined();
      }),
    );
  });
});
