import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { memoryRegistry } from "../../tests/support/memory-registry.ts";
import { inputsOf } from "./inputs.ts";
import { inputsAnnotation, type ReuseRequest, reuseImage } from "./reuse.ts";
import { signedBy } from "./signature.ts";

let folder: string;
let memory: ReturnType<typeof memoryRegistry>;
let told: string[];
let request: ReuseRequest;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reuse-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  memory = memoryRegistry();
  told = [];
  memory.name("library/node", "24", "node");
  writeFileSync(join(folder, "Dockerfile"), "FROM node:24\nCOPY main.ts /\n");
  writeFileSync(join(folder, "main.ts"), "first");
  request = {
    checkout: folder,
    dockerfile: "Dockerfile",
    repository: "registry.example/trading/shop",
    last: "built-main",
    version: "c0ffee",
    open: memory.open,
    now: new Date("2026-11-26"),
    say: (line) => told.push(line),
  };
});

/** As the pipeline's build pushes it. */
const build = async (words: string) =>
  memory.name("trading/shop", "built-main", words, { [inputsAnnotation]: await inputsOf(request) });
const tagged = (tag: string) => memory.registry.digestOf("trading/shop", tag);

test("a commit that changes nothing of an image gets the last build's, by its digest", async () => {
  const digest = await build("first");
  expect(await reuseImage(request)).toEqual({ inputs: await inputsOf(request), digest });
  expect(await tagged("c0ffee")).toBe(digest);
  expect(told).toEqual([expect.stringContaining("nothing to build: built-main is made of the same; it is c0ffee too")]);
});

test("the first build, another program, an image that says nothing of it: to be built, and nothing is tagged", async () => {
  expect((await reuseImage(request)).digest).toBeUndefined();
  await build("first");
  writeFileSync(join(folder, "main.ts"), "second");
  expect((await reuseImage(request)).digest).toBeUndefined();
  memory.name("trading/shop", "built-main", "made by hand");
  expect((await reuseImage(request)).digest).toBeUndefined();
  expect(await tagged("c0ffee")).toBeUndefined();
  expect(told).toEqual([
    "Dockerfile: to be built: there is no built-main yet",
    "Dockerfile: to be built: built-main is made of something else",
    "Dockerfile: to be built: built-main does not say what it is made of",
  ]);
});

test("what is taken back is built anew: an older image never becomes a newer release", async () => {
  await build("first");
  writeFileSync(join(folder, "main.ts"), "second");
  await build("second");
  writeFileSync(join(folder, "main.ts"), "first");
  expect((await reuseImage(request)).digest).toBeUndefined();
});

/** A cosign that notes what it is asked. */
function cosign(ends: string): string {
  const program = join(folder, "cosign");
  writeFileSync(program, `#!/bin/sh\necho "$@" > ${folder}/asked\n${ends}\n`);
  chmodSync(program, 0o755);
  return program;
}

test("an image that this workflow has not signed on this branch is not used, and cosign's word told", async () => {
  const digest = await build("first");
  const identity = "https://github.com/acme/trading/.github/workflows/ci-cd.yml@refs/heads/main";
  const by = (ends: string) => reuseImage({ ...request, signed: signedBy(identity, cosign(ends)) });
  expect(await by("echo one >&2; echo 'Error: no signatures found' >&2; exit 10")).toEqual({
    inputs: await inputsOf(request),
  });
  expect(told).toEqual([
    `Dockerfile: to be built: ${digest} is not signed as it should be: Error: no signatures found`,
  ]);
  expect(await tagged("c0ffee")).toBeUndefined();
  expect((await by("exit 0")).digest).toBe(digest);
});

test("cosign is asked of the image by its digest, and of who signed; without cosign a message says so", async () => {
  await build("first");
  const program = cosign('case "$*" in *"--certificate-identity me "*"/trading/shop@sha256:"*) exit 0;; esac; exit 1');
  expect((await reuseImage({ ...request, signed: signedBy("me", program) })).digest).toBeDefined();
  const missing = reuseImage({ ...request, signed: signedBy("me", join(folder, "nothing")) });
  await expect(missing).rejects.toThrow(/^--signed-by needs .*nothing: install it, or leave it out$/);
});
