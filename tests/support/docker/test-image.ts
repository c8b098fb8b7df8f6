import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { promisify } from "node:util";
import type Docker from "dockerode";
import { pack } from "tar-stream";

const source = join(import.meta.dirname, "test-server");

/** The program inside its image: its first word in a health check or an exec. */
export const testServer = "/test-server";

/**
 * Puts an image of the test server (`test-server/main.go`) on a daemon under a name. There is nothing in it but the
 * program, so images of several names share their layer.
 */
export async function importTestServer(docker: Docker, name: string): Promise<void> {
  const archive = pack();
  archive.entry({ name: testServer.slice(1), mode: 0o755 }, await readFile(await buildTestServer()));
  archive.entry({ name: "usr/bin/wget", type: "symlink", linkname: testServer });
  archive.finalize();
  const [repo, tag] = name.split(/:(?=[^:/]+$)/);
  const answer = await docker.importImage(Readable.from([await buffer(archive)]), {
    repo,
    tag,
    changes: [`ENTRYPOINT ["${testServer}"]`, "EXPOSE 8080"],
  });
  const said = await text(answer);
  if (said.includes('"error"')) throw new Error(`the test image ${name} cannot be imported: ${said}`);
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
