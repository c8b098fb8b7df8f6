import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Removes locks that a dead process left on a stack in a file backend. Pulumi keeps them as
 * `.pulumi/locks/organization/<project>/<stack>/<uuid>.json` with pid and host (pkg/backend/diy/lock.go) and never
 * takes one over. Only a lock of this host whose process is gone is removed. Other backends: nothing.
 * @returns how many were removed.
 */
export async function clearDeadLocks(backend: string, project: string, stack: string): Promise<number> {
  if (!backend.startsWith("file://")) return 0;
  const folder = join(fileOf(backend), ".pulumi", "locks", "organization", project, stack);
  const entries = await readdir(folder).catch(() => []);
  const dead = await Promise.all(
    entries.map(async (entry) => {
      const file = join(folder, entry);
      if (!isDead(await readFile(file, "utf8"))) return 0;
      await rm(file);
      await rm(`${file}.attrs`, { force: true });
      return 1;
    }),
  );
  return dead.reduce<number>((sum, one) => sum + one, 0);
}

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
