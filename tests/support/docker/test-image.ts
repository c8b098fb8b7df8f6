import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { promisify } from "node:util";
import type Docker from "dockerode";
import { type Header, pack } from "tar-stream";

const source = join(import.meta.dirname, "test-server");

/** The program inside its image: its first word in a health check or an exec. */
export const testServer = "/test-server";

/**
 * Puts an image of the test server (`test-server/main.go`) on a daemon under a name. There is nothing in it but the
 * program, so images of several names share their layer. One name is always one image, whoever imports it again: a stack
 * of another test that runs it sees no change.
 */
export async function importTestServer(docker: Docker, name: string): Promise<void> {
  const layer = await tarOf([
    [{ name: testServer.slice(1), mode: 0o755 }, await readFile(await buildTestServer())],
    [{ name: "usr/bin/wget", type: "symlink", linkname: testServer }, ""],
  ]);
  const configuration = JSON.stringify({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    created: epoch.toISOString(),
    config: { Entrypoint: [testServer], ExposedPorts: { "8080/tcp": {} }, Labels: { name } },
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
  });
  const configName = `${sha256(configuration)}.json`;
  const image = await tarOf([
    [{ name: "manifest.json" }, JSON.stringify([{ Config: configName, RepoTags: [name], Layers: ["layer.tar"] }])],
    [{ name: configName }, configuration],
    [{ name: "layer.tar" }, layer],
  ]);
  const said = await text(await docker.loadImage(Readable.from([image]), { quiet: true }));
  if (said.includes('"error"')) throw new Error(`the test image ${name} cannot be loaded: ${said}`);
}

const epoch = new Date(0);
const sha256 = (content: Buffer | string): string => createHash("sha256").update(content).digest("hex");

async function tarOf(
  entries: readonly (readonly [Partial<Header> & Pick<Header, "name">, Buffer | string])[],
): Promise<Buffer> {
  const archive = pack();
  for (const [header, content] of entries) archive.entry({ ...header, mtime: epoch }, content);
  archive.finalize();
  return buffer(archive);
}

/** Path of the static program, built once for each state of its source. */
async function buildTestServer(): Promise<string> {
  const files = (await readdir(source)).sort();
  const contents = await Promise.all(files.map((file) => readFile(join(source, file))));
  const hash = createHash("sha256").update(Buffer.concat(contents)).digest("hex").slice(0, 12);
  const folder = join(tmpdir(), "trading-platform-test-server");
  const program = join(folder, `test-server-${hash}`);
  if (await readFile(program).catch(() => undefined)) return program;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, "build-"));
  try {
    await promisify(execFile)("go", ["build", "-trimpath", "-ldflags", "-s -w", "-o", join(work, "program"), "."], {
      cwd: source,
      env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
    });
    await chmod(join(work, "program"), 0o755);
    await rename(join(work, "program"), program);
    return program;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
