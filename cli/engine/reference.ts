import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../console/error.ts";
import { root } from "../root.ts";

/** The checkout as it was at a commit, in a temporary folder. */
export interface Reference {
  readonly directory: string;
  /** The commit's short hash. */
  readonly commit: string;
  remove(): Promise<void>;
}

const execute = promisify(execFile);
const git = async (...words: string[]): Promise<string> =>
  (await execute("git", ["-C", root, ...words], { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();

/**
 * Exports what git knows under a name, with its packages: those of this checkout where the lock file is the same,
 * else its own. Throws a UserError for a name that git does not know, or a commit without the platform's program.
 */
export async function exportReference(reference: string, say: (line: string) => void): Promise<Reference> {
  const commit = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${reference}^{commit}`).catch(
    () => {
      throw new UserError(
        `git knows no commit "${reference}" here; a branch of the origin is written origin/<branch>, ` +
          "and a shallow clone needs `git fetch --unshallow` first",
        2,
      );
    },
  );
  const directory = await mkdtemp(join(tmpdir(), "trading-platform-reference-"));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await unpack(commit, directory);
    if (!existsSync(join(directory, "Pulumi.yaml"))) {
      throw new UserError(
        `${reference} has no Pulumi.yaml: it is older than the program, so there is nothing to compare with`,
      );
    }
    await addPackages(directory, say);
  } catch (error) {
    await remove();
    throw error;
  }
  return { directory, commit: commit.slice(0, 9), remove };
}

async function unpack(commit: string, directory: string): Promise<void> {
  const archive = join(directory, "reference.tar");
  await git("archive", "--format=tar", `--output=${archive}`, commit);
  await execute("tar", ["-xf", archive, "-C", directory]);
  await rm(archive);
}

async function addPackages(directory: string, say: (line: string) => void): Promise<void> {
  const lockFile = "package-lock.json";
  const [theirs, ours] = await Promise.all([directory, root].map((folder) => readFile(join(folder, lockFile), "utf8")));
  if (theirs === ours) {
    await symlink(join(root, "node_modules"), join(directory, "node_modules"));
    return;
  }
  say("its packages differ from this checkout's: installing them (about 40 s) …");
  await execute("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: directory }).catch(
    ({ stderr = "" }: { stderr?: string }) => {
      throw new UserError(`npm ci failed for the other commit:\n${stderr.trim().split("\n").slice(-10).join("\n")}`);
    },
  );
}
