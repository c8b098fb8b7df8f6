import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { ownServices } from "../../components/blueprint.ts";
import { products } from "../../components/settings.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { imageReference } from "../../components/workload/index.ts";
import { readStackFile } from "../../stacks/files.ts";
import { productVersions } from "../../stacks/product-versions.ts";
import { readSettings } from "../../stacks/read.ts";
import { root } from "../root.ts";
import { catalogue, imageNames, isRecipe } from "./catalogue.ts";
import type { Part, Recipe } from "./recipe.ts";
import { wantedImages } from "./wanted.ts";

const recipes = catalogue.filter(isRecipe);
const fromDebian = ["nginx", "postgres", "redis"];

test("every product of the settings is built, or left out with a reason", () => {
  expect(imageNames.slice(0, products.length)).toEqual(products);
  expect(catalogue.flatMap((entry) => (isRecipe(entry) ? [] : [entry.name]))).toEqual(["grafana", "kubeStateMetrics"]);
  for (const entry of catalogue) if (!isRecipe(entry)) expect(entry.leftOut).not.toBe("");
});

test("what is not the version of its tag says so first", () => {
  for (const { name, version, differences } of recipes) {
    if (fromDebian.includes(name)) expect(differences[0]?.what).toContain(version);
    else if (!["probe", ...ownServices].includes(name))
      expect(Object.entries(productVersions)).toContainEqual([name, tagOf(name, version)]);
  }
});

const tagOf = (name: string, version: string): string => (/^(?:loki|promtail)$/.test(name) ? version : `v${version}`);

const settings = readSettings(readStackFile(root, "dev"));
const workloads = membersOf(describePlatform(settings)).filter(isWorkload);
const cases = wantedImages(settings, []).flatMap(({ reference, entry }) => {
  const spec = workloads.find(({ image }) => imageReference(image) === reference);
  return isRecipe(entry) && spec !== undefined ? [[entry.name, entry, spec] as const] : [];
});

describe.each(cases)("%s and the spec that runs it", (_, recipe, spec) => {
  test("where checks are made with wget or a shell, the image has busybox", () => {
    const { liveness, readiness, tool } = spec.probes;
    const checks = [liveness.check, readiness.check];
    const needsTools = checks.some(
      (check) => (check.kind === "http" && tool === "wget") || (check.kind === "command" && check.command[0] === "sh"),
    );
    expect(!needsTools || has(recipe, "busybox-links")).toBe(true);
  });

  test("its volumes belong to its user: Docker gives an empty volume the owner of the image's folder", () => {
    const { user } = spec;
    if (user.kind === "root") return;
    for (const volume of spec.volumes) {
      if (volume.kind !== "persistent") continue;
      expect(recipe.parts).toContainEqual(
        expect.objectContaining({ kind: "folder", path: volume.path, uid: user.uid, gid: user.gid }),
      );
    }
  });

  test("the program that it starts is in the image", () => {
    expect(recipe.config.entrypoint).toHaveLength(recipe.name === "cadvisor" ? 2 : 1);
    const [program = ""] = recipe.config.entrypoint;
    const places = posix.isAbsolute(program) ? [program] : [`/usr/local/bin/${program}`];
    const paths = recipe.parts.flatMap((part) => ("path" in part ? [part.path] : []));
    expect(paths).toEqual(expect.arrayContaining(places));
  });
});

const has = ({ parts }: Recipe, kind: Part["kind"]): boolean => parts.some((part) => part.kind === kind);
