import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { reuseImage } from "../../../cli/inputs/reuse.ts";
import { signedBy } from "../../../cli/inputs/signature.ts";
import { ensureBuildkit } from "../../../cli/setup/buildkit.ts";
import { ensureBuildx } from "../../../cli/setup/buildx.ts";
import { ensureCosign } from "../../../cli/setup/cosign.ts";
import { ground } from "../../support/products/product.ts";
import { filledIn } from "../expressions.ts";
import { workflows } from "../workflow.ts";
import { buildxIn } from "./buildx.ts";
import { missingOf, type RealRegistry, startRegistry } from "./registry.ts";
import { makeSigner, type Signer } from "./signer.ts";

const image = "acme/trading/probe";
const dockerfile = "tools/probe/Dockerfile";
const identity = "https://github.com/acme/trading/.github/workflows/ci-cd.yml@refs/heads/main";

/** It makes mounts, and looks for what runs a RUN. */
const canBuild = process.getuid?.() === 0 && spawnSync("runc", ["--version"]).status === 0;
const why = "BuildKit builds here for root alone, where runc is installed";

const place = ground("trading-platform-built");
const checkout = join(place.folder, "checkout");
let registry: RealRegistry;
let signer: Signer;
let buildx: ReturnType<typeof buildxIn>;
beforeAll(async () => {
  if (!canBuild) return;
  registry = await startRegistry(place, "registry");
  signer = await makeSigner(join(place.folder, "signer"), await ensureCosign());
  buildx = buildxIn(place.folder, await ensureBuildx());
  const socket = `unix://${join(place.folder, "buildkit.sock")}`;
  const worker = ["--oci-worker=true", "--containerd-worker=false", "--oci-worker-snapshotter=native"];
  await place.start({
    name: "buildkitd",
    program: await ensureBuildkit(),
    readyPath: "/debug/vars",
    words: (folder, port) => [
      ...["--addr", socket, "--root", join(folder, "root"), "--debugaddr", `127.0.0.1:${port}`],
      ...[...worker, "--oci-worker-net=host"],
    ],
  });
  buildx("create", "--name", "pipeline", "--driver", "remote", socket);
  put(dockerfile, "FROM scratch\nARG REVISION\nLABEL revision=$REVISION\nCOPY tools/probe/main.go /\n");
  put("tools/probe/main.go", "package main\n");
}, 1_800_000);
afterAll(() => place.clear());

function put(file: string, text: string): void {
  mkdirSync(dirname(join(checkout, file)), { recursive: true });
  writeFileSync(join(checkout, file), text);
}

/** What the pipeline gives its build, as GitHub fills it in, in buildx's words. Answers the digest, as the action does. */
function build(sha: string, inputs: string): string {
  const { "build-push-action": given = {} } = Object.fromEntries(
    (workflows["ci-cd.yml"]?.jobs.build?.steps ?? []).flatMap(({ uses = "", with: all }) =>
      uses.startsWith("docker/build-push-action@") ? [["build-push-action", all]] : [],
    ),
  );
  const context = {
    github: { sha },
    env: { IMAGE: `${registry.host}/${image}`, LAST: "built-main" },
    matrix: { service: "probe", dockerfile },
    steps: { same: { outputs: { inputs } } },
  };
  const filled = Object.entries(given).map(([key, value]) => [key, filledIn(String(value), context).trim()] as const);
  const each = (option: string, text: string) => text.split("\n").flatMap((line) => [`--${option}`, line]);
  const told: Readonly<Record<string, (text: string) => readonly string[]>> = {
    context: () => [],
    file: (text) => ["--file", join(checkout, text)],
    push: () => ["--push"],
    tags: (text) => each("tag", text),
    annotations: (text) => each("annotation", text),
    "build-args": (text) => each("build-arg", text),
    provenance: (text) => ["--provenance", text],
    // GitHub's own cache, and a scanner that is an image of Docker Hub.
    "cache-from": () => [],
    "cache-to": () => [],
    sbom: () => [],
  };
  const words = filled.flatMap(([key, text]) => told[key]?.(text) ?? expect.fail(`what is ${key} to buildx?`));
  const answer = join(place.folder, "answer.json");
  buildx("build", "--builder", "pipeline", ...words, "--metadata-file", answer, checkout);
  const said: unknown = JSON.parse(readFileSync(answer, "utf8"));
  return z.object({ "containerimage.digest": z.string() }).parse(said)["containerimage.digest"];
}

const reuse = (version: string) =>
  reuseImage({
    checkout,
    dockerfile,
    repository: `${registry.host}/${image}`,
    last: "built-main",
    version,
    open: async () => ({ registry, name: image }),
    signed: signedBy(identity, signer.cosign),
    now: new Date(),
    say: () => {},
  });

test("what the pipeline's words make of BuildKit, buildx and cosign is used again by the next commit, whole, by its digest", async ({
  skip,
}) => {
  if (!canBuild) return skip(why);
  const first = await reuse("one");
  expect(first.digest).toBeUndefined();
  const digest = build("one", first.inputs);
  const manifest = await registry.manifest(image, "built-main");
  expect([await registry.digestOf(image, "one"), manifest?.digest]).toEqual([digest, digest]);
  expect(manifest?.content.annotations).toEqual({ "trading-platform.inputs": first.inputs });
  // The image, and its provenance.
  expect(manifest?.content.manifests).toHaveLength(2);
  expect(await missingOf(registry, image, digest)).toEqual([]);

  // Nobody has signed it.
  expect((await reuse("two")).digest).toBeUndefined();
  await signer.sign(identity, `${registry.host}/${image}@${digest}`);
  expect((await reuse("two")).digest).toBe(digest);
  expect(await registry.digestOf(image, "two")).toBe(digest);

  put("tools/probe/main.go", "package main // changed\n");
  const changed = await reuse("three");
  expect(changed.digest).toBeUndefined();
  const next = build("three", changed.inputs);
  expect(next).not.toBe(digest);
  expect(await registry.digestOf(image, "built-main")).toBe(next);
  expect(await missingOf(registry, image, digest)).toEqual([]);
}, 300_000);
