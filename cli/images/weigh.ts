import { ownServices } from "../../components/blueprint.ts";
import { UserError } from "../console/error.ts";
import { catalogue, imageNames, isRecipe } from "./catalogue.ts";
import { ensureDebianPackages } from "./debian-packages.ts";
import { fill } from "./fill.ts";
import type { Recipe } from "./recipe.ts";
import type { Tree } from "./tree.ts";

/** What an image of our own is made of, and by which path it is known; the first that fits counts. */
const kinds = [
  ["Node", /^\/usr\/local\/bin\/node$/],
  ["PostgreSQL", /^\/usr\/(?:lib|share)\/postgresql\//],
  ["ICU's data", /\/libicudata\.so/],
  ["npm packages", /^\/app\/node_modules\//],
  ["the service", /^\/app\//],
  ["libraries and tools", /^/],
] as const;

export type Kind = (typeof kinds)[number][0];

/** Bytes of an image's files, by what they are; unpacked, as a host stores them. */
export function weightOf(tree: Tree): ReadonlyMap<Kind, number> {
  const weights = new Map<Kind, number>(kinds.map(([kind]) => [kind, 0]));
  for (const [path, { content }] of tree) {
    const [kind] = kinds.find(([, pattern]) => pattern.test(path)) ?? kinds[5];
    weights.set(kind, (weights.get(kind) ?? 0) + (content?.length ?? 0));
  }
  return weights;
}

/** The recipes of these names, or of all that is the application's own. Throws for names that nothing is built for. */
export function weighable(names: readonly string[]): readonly Recipe[] {
  const recipes = catalogue.filter(isRecipe);
  const strange = names.filter((name) => !recipes.some((recipe) => recipe.name === name));
  if (strange.length > 0) {
    const built = imageNames.filter((name) => recipes.some((recipe) => recipe.name === name));
    throw new UserError(`no image ${strange.join(", ")} is built here; there are ${built.join(", ")}`, 2);
  }
  const wanted: readonly string[] = names.length > 0 ? names : [...ownServices, "probe"];
  return recipes.filter(({ name }) => wanted.includes(name));
}

/** A row for each image: what it weighs, and why. */
export async function weighImages(recipes: readonly Recipe[]): Promise<readonly (readonly string[])[]> {
  const rows: (readonly string[])[] = [];
  for (const { name, parts } of recipes) {
    const needsPackages = parts.some(({ kind }) => kind === "packages");
    const weights = [...weightOf(await fill({ parts }, needsPackages ? await ensureDebianPackages() : "")).values()];
    const sum = weights.reduce((total, bytes) => total + bytes, 0);
    rows.push([name, ...[sum, ...weights].map(inMegabytes)]);
  }
  return [["image", "whole, MB", ...kinds.map(([kind]) => kind)], ...rows];
}

const inMegabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes > 0 && bytes < 1e5 ? 2 : 1);
