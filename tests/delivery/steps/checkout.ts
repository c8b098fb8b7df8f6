import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../cli/root.ts";

/** A checkout of this repository's newest commit, with this one's packages. */
export interface Checkout {
  readonly folder: string;
  /** Runs git in it. */
  git(...words: readonly string[]): string;
  /** Commits everything that differs; answers the commit. */
  commit(): string;
}

/** What packages and tools write while they run: each checkout has its own. */
const own = /^(?:\.cache|\.vite.*|\.platform-stamp)$/;

/** Undefined where there is no git, or this is no repository. */
export function makeCheckout(folder: string): Checkout | undefined {
  const ask = (...words: readonly string[]): string =>
    execFileSync("git", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    ask("-C", root, "rev-parse", "HEAD");
  } catch {
    return undefined;
  }
  ask("clone", "--quiet", "--no-hardlinks", root, folder);
  const packages = join(folder, "node_modules");
  mkdirSync(packages);
  for (const name of readdirSync(join(root, "node_modules")).filter((each) => !own.test(each)))
    symlinkSync(join(root, "node_modules", name), join(packages, name));
  copyFileSync(join(folder, "package-lock.json"), join(packages, ".platform-stamp"));
  const git: Checkout["git"] = (...words) =>
    ask("-C", folder, "-c", "user.name=A", "-c", "user.email=a@example.com", ...words);
  return {
    folder,
    git,
    commit: () => {
      git("add", "--all");
      git("commit", "--quiet", "--message", "as the test needs it");
      return git("rev-parse", "HEAD");
    },
  };
}
