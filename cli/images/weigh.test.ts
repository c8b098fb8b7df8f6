import { describe, expect, test } from "vitest";
import type { Recipe } from "./recipe.ts";
import { imageFiles, packageFiles, type Service } from "./service-files.ts";
import { backendService, backupService, frontendService, sinkService } from "./services.ts";
import type { Entry, Tree } from "./tree.ts";
import { weighable, weighImages, weightOf } from "./weigh.ts";

const file = (length: number): Entry => ({
  type: "file",
  mode: 0o644,
  uid: 0,
  gid: 0,
  content: Buffer.alloc(length),
});

test("each byte is counted once, under what it is", () => {
  const tree: Tree = new Map<string, Entry>([
    ["/usr/local/bin/node", file(1)],
    ["/usr/local/bin/backend", file(2)],
    ["/usr/lib/postgresql/17/bin/postgres", file(4)],
    ["/usr/lib/x86_64-linux-gnu/libicudata.so.76.1", file(8)],
    ["/app/node_modules/fastify/fastify.js", file(16)],
    ["/app/services/backend/main.ts", file(32)],
    ["/app/package.json", file(64)],
    ["/bin/sh", { type: "symlink", mode: 0o777, uid: 0, gid: 0, target: "/usr/bin/busybox" }],
  ]);
  expect(Object.fromEntries(weightOf(tree))).toEqual({
    Node: 1,
    PostgreSQL: 4,
    "ICU's data": 8,
    "npm packages": 16,
    "the service": 96,
    "libraries and tools": 2,
  });
});

test("a row for each image, the whole first", async () => {
  const parts: Recipe["parts"] = [{ kind: "file", path: "/app/main.ts", text: "x".repeat(250_000), mode: 0o644 }];
  const [recipe] = weighable(["frontend"]);
  if (recipe === undefined) throw new Error("no frontend");
  expect(await weighImages([{ ...recipe, parts }])).toEqual([
    ["image", "whole, MB", "Node", "PostgreSQL", "ICU's data", "npm packages", "the service", "libraries and tools"],
    ["frontend", "0.3", "0.0", "0.0", "0.0", "0.0", "0.3", "0.0"],
  ]);
});

test("without a name it is our own; a name that nothing is built for is told, with those that there are", () => {
  expect(weighable([]).map(({ name }) => name)).toEqual(["backend", "frontend", "backup", "alert-sink", "probe"]);
  expect(() => weighable(["grafana"])).toThrow(/^no image grafana is built here; there are nginx, .*probe$/);
});

/** Without Node and the libraries, which are the same in all: what a change of ours makes larger. */
describe("what is ours in an image stays small", () => {
  const sum = (files: ReadonlyMap<string, Buffer>) =>
    [...files.values()].reduce((bytes, { length }) => bytes + length, 0);
  test.each<[string, Service, number, number]>([
    ["backend", backendService, 250_000, 8_000_000],
    ["frontend", frontendService, 60_000, 0],
    ["backup", backupService, 80_000, 2_500_000],
    ["alert-sink", sinkService, 50_000, 9_500_000],
  ])("%s: its own files, its npm packages", (_, service, own, packages) => {
    expect(sum(imageFiles(service))).toBeLessThanOrEqual(own);
    expect(sum(packageFiles(service))).toBeLessThanOrEqual(packages);
  });
});
