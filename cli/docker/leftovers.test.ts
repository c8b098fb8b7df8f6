import { expect, test } from "vitest";
import { readState } from "../engine/state.ts";
import { type Labelled, leftoversIn } from "./leftovers.ts";

const labelled: readonly Labelled[] = [
  { kind: "container", id: "c1", name: "backend-1", kept: false },
  { kind: "container", id: "c2", name: "backend-2", kept: false },
  { kind: "network", id: "n1", name: "net", kept: false },
  { kind: "volume", id: "files-1", name: "files-1", kept: false },
  { kind: "volume", id: "data", name: "data", kept: true },
];

test("what the state does not know is left over; a made-up id of another provider protects nothing", () => {
  const state = {
    version: 3,
    deployment: {
      resources: [
        { urn: "u", type: "pulumi:pulumi:Stack" },
        { urn: "u1", type: "docker:index/container:Container", id: "c1", custom: true },
        { urn: "u2", type: "aws:ecs/service:Service", id: "c2", custom: true },
        { urn: "u3", type: "docker:index/volume:Volume", id: "files-1", custom: true },
      ],
      pending_operations: [{ type: "creating" }],
    },
  };
  const read = readState(JSON.stringify(state));
  expect(read.pending).toBe(1);
  expect(leftoversIn(labelled, read).map(({ id }) => id)).toEqual(["c2", "n1"]);
});

test("without a state everything is left over", () => {
  const none = readState('{"version":3,"deployment":null}');
  expect(leftoversIn(labelled, none)).toEqual(labelled.filter(({ kept }) => !kept));
});
