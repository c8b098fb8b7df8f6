import { createHash } from "node:crypto";
import { toolKey } from "../setup/tool.ts";
import type { Part, Recipe } from "./recipe.ts";
import { serviceHash } from "./service-files.ts";

/** Under which an image says of which recipe it is; official images have no such label. */
export const recipeLabel = "trading-platform/recipe";

const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What the OCI and Docker call an image's configuration, of one layer. https://github.com/opencontainers/image-spec/blob/main/config.md */
export function imageConfiguration(recipe: Recipe, layer: string, digest: string, architecture: string) {
  const { entrypoint, command, user, workingFolder, environment, ports, volumes, stopSignal } = recipe.config;
  const created = new Date(0).toISOString();
  return {
    architecture,
    os: "linux",
    created,
    config: {
      Env: Object.entries({ PATH: usualPath, ...environment }).map(([name, value]) => `${name}=${value}`),
      Entrypoint: entrypoint,
      ...(command === undefined ? {} : { Cmd: command }),
      ...(user === undefined ? {} : { User: user }),
      ...(workingFolder === undefined ? {} : { WorkingDir: workingFolder }),
      ...(ports === undefined ? {} : { ExposedPorts: Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])) }),
      ...(volumes === undefined ? {} : { Volumes: Object.fromEntries(volumes.map((path) => [path, {}])) }),
      ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
      Labels: labelsOf(recipe, digest),
    },
    rootfs: { type: "layers", diff_ids: [layer] },
    history: [{ created, created_by: "./platform images build" }],
  };
}

const labelsOf = ({ name, version }: Recipe, digest: string): Readonly<Record<string, string>> => ({
  "org.opencontainers.image.title": name,
  "org.opencontainers.image.version": version,
  "org.opencontainers.image.description": `${name} ${version}, built by trading-platform itself; differences to the official image: docs/images.md`,
  [recipeLabel]: digest,
});

/** Changes when and only when what an image is made of does. `packageFiles` are names with versions. */
export function recipeDigest(recipe: Recipe, packageFiles: readonly string[], architecture: string): string {
  const used = new Set(recipe.parts.flatMap((part) => (part.kind === "packages" ? part.packages : [])));
  const files = packageFiles.filter((file) => used.has(file.split("_")[0] ?? "")).sort();
  const text = JSON.stringify({
    format: 1,
    architecture,
    files,
    parts: recipe.parts.map(plain),
    config: recipe.config,
  });
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** Patterns as their source; of a tool what its program is kept under; of a service what it consists of. */
function plain(part: Part) {
  if (part.kind === "packages") return { ...part, without: part.without.map(({ source }) => source) };
  if (part.kind === "service") return { ...part, hash: serviceHash(part.service) };
  return part.kind === "program" ? { ...part, tool: toolKey(part.tool) } : part;
}
