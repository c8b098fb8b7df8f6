import { expect, test } from "vitest";
import { leftOutHere } from "./left-out.ts";

const image = (repository: string) => ({ repository: `docker.io/${repository}`, version: "1.0" });
const workloads = [
  { name: "backend", image: image("acme/backend") },
  { name: "worker", image: image("acme/backend") },
  { name: "grafana", image: image("grafana/grafana") },
];
const why = "could not be pulled (no such host)";

test("one line says who is left out, of which image, why, and what would bring it", () => {
  expect(leftOutHere(workloads, new Map([["docker.io/grafana/grafana:1.0", why]]), [])).toEqual({
    names: ["grafana"],
    lines: [
      "grafana is left out: its image docker.io/grafana/grafana:1.0 could not be pulled (no such host); " +
        "it comes where Docker reaches a registry that has it (trading-platform:images.registry names a mirror), or after `docker load` of it",
    ],
  });
});

test("several of one image share a line; what runs already stays", () => {
  const missing = new Map([["docker.io/acme/backend:1.0", why]]);
  const both = leftOutHere(workloads, missing, []);
  expect(both.names).toEqual(["backend", "worker"]);
  expect(both.lines).toEqual([
    expect.stringContaining("backend and worker are left out: their image docker.io/acme/backend:1.0 could not"),
  ]);
  expect(leftOutHere(workloads, missing, ["backend"]).names).toEqual(["worker"]);
});

test("nothing is said where everything has its image, nor of an image that nobody runs", () => {
  expect(leftOutHere(workloads, new Map(), [])).toEqual({ names: [], lines: [] });
  expect(leftOutHere(workloads, new Map([["docker.io/acme/other:1.0", why]]), [])).toEqual({ names: [], lines: [] });
});
