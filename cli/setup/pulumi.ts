import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../console/error.ts";
import { root } from "../root.ts";
import { cached, cacheFolder } from "./cache.ts";

/** The engine that this program is proven with; the oldest that serves (resource hooks that fail a deployment, pulumi#22935). */
export const engineVersion = "3.259.0";

/** Path of a Pulumi CLI: the one on PATH if it is new enough, else the cached one, else a download, else a build. */
export async function ensurePulumi(): Promise<string> {
  const onPath = versionOf("pulumi");
  if (onPath !== undefined && isAtLeast(onPath, engineVersion)) return "pulumi";
  if (onPath !== undefined) {
    console.error(
      `platform: the pulumi on PATH is ${onPath}; ${engineVersion} or newer is needed, so the cached one is used`,
    );
  }
  const folder = await cached({
    key: `pulumi-${engineVersion}`,
    works: (candidate) => versionOf(join(candidate, "pulumi")) === engineVersion,
    make: async (target) => {
      if (!(await download(target))) await build(target);
    },
  });
  return join(folder, "pulumi");
}

/** True if `version` is not older than `wanted`; both `major.minor.patch`. */
export function isAtLeast(version: string, wanted: string): boolean {
  const [have, need] = [version, wanted].map((text) => text.split(".").map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (have?.[index] ?? 0) - (need?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function versionOf(binary: string): string | undefined {
  const { status, stdout } = spawnSync(binary, ["version"], {
    encoding: "utf8",
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  return status === 0 ? /^v?(\d+\.\d+\.\d+)/.exec(stdout)?.[1] : undefined;
}

/** From Pulumi's own releases, checked against their sums; false where they cannot be reached. */
async function download(folder: string): Promise<boolean> {
  const base = "https://github.com/pulumi/pulumi/releases/download";
  const system = `${process.platform}-${process.arch === "x64" ? "x64" : "arm64"}`;
  const archive = `pulumi-v${engineVersion}-${system}.tar.gz`;
  const fetched = await fetchBytes(`${base}/v${engineVersion}/${archive}`);
  const sums = await fetchBytes(`${base}/v${engineVersion}/pulumi-${engineVersion}-checksums.txt`);
  if (fetched === undefined || sums === undefined) return false;
  const sum = createHash("sha256").update(fetched).digest("hex");
  if (!sums.toString().split("\n").includes(`${sum}  ${archive}`)) {
    console.error(`platform: ${archive} does not match its published checksum; it is built from source instead`);
    return false;
  }
  const file = join(folder, archive);
  writeFileSync(file, fetched);
  // Only the engine: the language hosts beside it would take the place of the way that is tested here.
  return spawnSync("tar", ["-xzf", file, "-C", folder, "--strip-components=1", "pulumi/pulumi"]).status === 0;
}

async function fetchBytes(url: string): Promise<Buffer | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  }
}

async function build(folder: string): Promise<void> {
  if (spawnSync("go", ["version"]).status !== 0) {
    throw new UserError(
      "the Pulumi engine can neither be downloaded nor built here: install Pulumi (pulumi.com/docs/install) or Go 1.25 or newer",
    );
  }
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  console.error(
    `platform: building the Pulumi engine ${engineVersion} from its Go module (about 6 minutes on two cores, once) …`,
  );
  const progress = setInterval(
    () => console.error(`platform: still building the Pulumi engine, ${seconds()} s`),
    30_000,
  );
  const log = join(cacheFolder(), "pulumi-build.log");
  try {
    const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`;
    await run(
      "go",
      [
        "build",
        "-trimpath",
        "-ldflags",
        `-s -w ${version}`,
        "-o",
        join(folder, "pulumi"),
        "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      ],
      log,
    );
  } finally {
    clearInterval(progress);
  }
  console.error(`platform: the Pulumi engine was built in ${seconds()} s`);
}

function run(command: string, words: readonly string[], log: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd: join(root, "tools", "pulumi"), stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      writeFileSync(log, Buffer.concat(chunks));
      if (code === 0) resolve();
      else
        reject(
          new UserError(
            `${command} failed:\n${readFileSync(log, "utf8").split("\n").slice(-8).join("\n")}\nthe whole log: ${log}`,
          ),
        );
    });
  });
}
