import { expect, test } from "vitest";
import type { RunResult } from "../result.ts";
import { findingLines } from "./findings.ts";

const nothing: RunResult = {
  stack: "dev",
  operation: "preview",
  outcome: "succeeded",
  resources: 0,
  changes: { same: 0, create: 0, update: 0, replace: 0, delete: 0, read: 0, refresh: 0 },
  steps: [],
  violations: [],
  warnings: [],
  diagnostics: [],
  outputs: {},
  seconds: 0,
  timeline: {},
};

const finding = {
  policy: "require-probes",
  pack: "trading-platform",
  urn: "urn:pulumi:dev::p::docker:index/container:Container::gateway",
  resource: "gateway",
  type: "docker:index/container:Container",
  message: "gateway: require-probes: no liveness probe;\n  repair: { healthcheck }",
};

test("a finding is one line with resource, policy and what to do, nothing twice", () => {
  expect(
    findingLines([
      { ...nothing, violations: [finding], warnings: [{ ...finding, urn: "", resource: "", message: "m" }] },
    ]),
  ).toEqual([
    "violation  dev  gateway (docker:index/container:Container)  require-probes: no liveness probe; repair: { healthcheck }",
    "warning    dev  the stack  require-probes: m",
  ]);
});

test("what a reason is stated for is one line for all that share it", () => {
  const accepted = (resource: string) => ({
    ...finding,
    resource,
    message: `${resource}: require-probes: accepted: runs as root; reason: reads hosts`,
  });
  expect(findingLines([{ ...nothing, warnings: [accepted("a"), finding, accepted("b")] }])).toEqual([
    expect.stringMatching(/^warning {4}dev {2}gateway /),
    "accepted   dev  require-probes: runs as root; reason: reads hosts (a, b)",
  ]);
});

test("diagnostics are told with their resource, information is not", () => {
  const diagnostics = [
    { severity: "error", urn: finding.urn, message: "no room" },
    { severity: "info", urn: "", message: "by the way" },
  ] as const;
  expect(findingLines([{ ...nothing, diagnostics }])).toEqual(["error      dev  gateway: no room"]);
});

test("operations that were cut off are told with our own way out", () => {
  const message =
    "Attempting to deploy or update resources with 1 pending operations from previous deployment.\n" +
    "  * urn:pulumi:dev::p::docker:index/container:Container::second, interrupted while creating\n" +
    "These resources are in an unknown state because …";
  const [line] = findingLines([{ ...nothing, diagnostics: [{ severity: "warning", urn: "", message }] }]);
  expect(line).toContain("second (creating)");
  expect(line).toContain("./platform refresh dev");
  expect(line).not.toContain("\n");
});
