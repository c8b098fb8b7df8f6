import { expect, test } from "vitest";
import { type Engine, examine, type Finding, type Machine } from "./findings.ts";

const noEngine: Engine = { onPath: undefined, cached: undefined, wanted: "3.259.0", servesOnPath: false };

/** A machine whose programs answer by their first words. */
const machine = (answers: Readonly<Record<string, string>>, engine: Engine = noEngine): Machine => ({
  ask: (...words) => answers[words.join(" ")],
  engine,
  nodeVersion: "v24.21.0",
  hasCloudCredentials: false,
  providers: {
    docker: { kind: "driver", reason: "the official plugin is not installed" },
    kubernetes: { kind: "plugin", reason: "it is on PATH" },
  },
});

function finding(tool: string, ...from: Parameters<typeof machine>): Finding {
  const found = examine(machine(...from)).find((each) => each.tool === tool);
  if (found === undefined) throw new Error(`no finding about ${tool}`);
  return found;
}

const go = { "go version": "go version go1.26.8 linux/amd64" };

test("an empty machine: everything but Node is missing, with a way out each; only the engine stops preview and test", () => {
  const missing = examine(machine({})).filter(({ found }) => found === undefined);
  expect(missing.map(({ tool }) => tool)).toEqual([
    "npm",
    "pulumi",
    "go",
    "docker",
    "git",
    "kubectl",
    "cloud credentials",
  ]);
  for (const { wayOut, neededFor } of missing) expect([wayOut, neededFor]).not.toContain("");
  expect(missing.filter(({ required }) => required).map(({ tool }) => tool)).toEqual(["pulumi"]);
});

test("an engine that is not there yet is nothing to repair where Go can build it", () => {
  expect(finding("pulumi", go)).toMatchObject({ found: undefined, required: false });
  expect(finding("go", go).found).toBe("1.26.8");
});

test("the engine on PATH is named if it serves, else the cached one, and that the other is too old", () => {
  expect(finding("pulumi", {}, { ...noEngine, onPath: "3.260.0", cached: "3.259.0", servesOnPath: true }).found).toBe(
    "3.260.0 (PATH)",
  );
  expect(finding("pulumi", {}, { ...noEngine, onPath: "3.100.0", cached: "3.259.0" }).found).toBe(
    "3.259.0 (cache); 3.100.0 on PATH is too old",
  );
  expect(finding("pulumi", {}, { ...noEngine, onPath: "3.100.0" }).wayOut).toContain("3.100.0 on PATH is too old");
});

test("a docker command without a daemon is told apart from no docker", () => {
  const daemon = { "docker version --format {{.Server.Version}}": "28.1.0" };
  expect(finding("docker", daemon).found).toBe("28.1.0");
  expect(finding("docker", { "docker --version": "Docker version 28" }).wayOut).toContain("daemon does not answer");
  expect(finding("docker", {}).wayOut).toContain("install Docker");
});

test("who makes the resources of Docker and Kubernetes is said, and why", () => {
  expect(finding("docker provider", {}).found).toBe("our own driver: the official plugin is not installed");
  expect(finding("kubernetes provider", {}).found).toBe("official plugin: it is on PATH");
});
