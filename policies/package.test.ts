import { cp, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CustomResource } from "@pulumi/pulumi";
import { expect, test } from "vitest";
import manifest from "./package.json" with { type: "json" };
import { noEngine, startEngine } from "./testing-engine.ts";

/** A resource by its type token, so that the test needs no provider's SDK. */
class Custom extends CustomResource {}

const here = fileURLToPath(new URL(".", import.meta.url));
const isForTests = (name: string): boolean => /\.test\.ts$|^testing/.test(name);

const sources = (await readdir(here)).filter((name) => /\.[jt]s$/.test(name) && !isForTests(name));

test.each(sources)("%s imports only what is in this folder or in its package.json", async (name) => {
  const text = await readFile(join(here, name), "utf8");
  const modules = [...text.matchAll(/\b(?:from|import)\s*\(?\s*"([^"\s]+)"/g)].map(([, module = ""]) => module);
  const packages = Object.keys(manifest.dependencies);
  const foreign = modules.filter(
    (module) => !module.startsWith("node:") && !packages.includes(module) && !/^\.\/[\w.-]+$/.test(module),
  );
  expect(foreign).toEqual([]);
});

test("the folder alone, somewhere else, judges a program", async ({ skip }) => {
  const reason = noEngine();
  if (reason !== undefined) skip(reason);
  const elsewhere = await mkdtemp(join(tmpdir(), "pack-alone-"));
  const engine = await startEngine();
  try {
    const copies = (source: string): boolean => !isForTests(source.split("/").at(-1) ?? "");
    await cp(here, elsewhere, { recursive: true, filter: copies });
    // As after `npm install`, which is not tried here: it would need the network.
    const modules = join(dirname(createRequire(import.meta.url).resolve("yaml/package.json")), "..");
    await rm(join(elsewhere, "node_modules"), { recursive: true, force: true });
    await symlink(modules, join(elsewhere, "node_modules"));
    const program = (): void => {
      new Custom("docker:index/container:Container", "web", { image: "ghcr.io/acme/web:1", restart: "always" });
    };
    const { reported } = await engine.run(program, { pack: elsewhere });
    expect(reported.map(({ policy, resource }) => `${policy} ${resource}`)).toContain("require-probes web");
  } finally {
    await engine.stop();
    await rm(elsewhere, { recursive: true });
  }
});
