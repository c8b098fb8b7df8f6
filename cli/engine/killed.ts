import { readdir, readFile, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Removes what a killed engine left on a stack in a file backend; other backends: nothing.
 * - Its lock, `.pulumi/locks/organization/<project>/<stack>/<uuid>.json` with pid and host (pkg/backend/diy/lock.go),
 *   which Pulumi never takes over. Only a lock of this host whose process is gone is removed.
 * - Files of attributes that it had opened and not yet written (fileblob/attrs.go of gocloud.dev writes them in place):
 *   an empty one beside the state lets every later operation fail with "failed to load checkpoint: EOF". The state needs none.
 * @returns how many locks were removed.
 */
export async function clearAfterKill(backend: string, project: string, stack: string): Promise<number> {
  if (!backend.startsWith("file://")) return 0;
  const kept = join(fileOf(backend), ".pulumi");
  const [removed] = await Promise.all([
    removeDeadLocks(join(kept, "locks", "organization", project, stack)),
    ...[join("stacks", project), join("history", project, stack), join("backups", project, stack)].map((folder) =>
      removeEmptyAttributes(join(kept, folder)),
    ),
  ]);
  return removed;
}

async function removeDeadLocks(folder: string): Promise<number> {
  const dead = await Promise.all(
    (await filesOf(folder)).map(async (file) => {
      if (!isDead(await readFile(file, "utf8"))) return 0;
      await rm(file);
      await rm(`${file}.attrs`, { force: true });
      return 1;
    }),
  );
  return dead.reduce<number>((sum, one) => sum + one, 0);
}

/** An engine that is at work may have just opened one; it loses nothing by its removal either. */
async function removeEmptyAttributes(folder: string): Promise<void> {
  await Promise.all(
    (await filesOf(folder)).map(async (file) => {
      if (!file.endsWith(".attrs")) return;
      const { size } = await stat(file).catch(() => ({ size: undefined }));
      if (size === 0) await rm(file, { force: true });
    }),
  );
}

const filesOf = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder).catch(() => [])).map((name) => join(folder, name));

/** `file://~` and `file://./x` are Pulumi's own ways to write a folder. */
function fileOf(backend: string): string {
  try {
    return fileURLToPath(backend);
  } catch {
    return backend.slice("file://".length).replace(/^~/, process.env.HOME ?? "~");
  }
}

function isDead(lock: string): boolean {
  try {
    const { pid, hostname: host }: { pid?: unknown; hostname?: unknown } = JSON.parse(lock);
    return typeof pid === "number" && host === hostname() && !isRunning(pid);
  } catch {
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
