import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { step } from "../console/progress.ts";
import { root } from "../root.ts";
import { cacheFolder } from "./cache.ts";
import { answerOf, findProgram, runLogged } from "./program.ts";
import type { Maker } from "./tool.ts";

interface GoProgram {
  readonly name: string;
  /** The Go module under tools/ that pins it. */
  readonly module: string;
  /** Import path of its main package; `.` for one of our own that lies in the module. */
  readonly package: string;
  /** Build tags. */
  readonly tags?: readonly string[];
  /** For the linker, beside `-s -w`: usually the version that the program says. */
  readonly linkerFlags?: string;
  /** How long a build without Go's own cache takes on two cores, as a person reads it. */
  readonly estimate: string;
}

/**
 * Builds a program from a Go module that is checked in under tools/, so that every dependency is pinned by its sum.
 * Without cgo: it needs no C compiler, and what is made runs in any image.
 */
export function goBuild(program: GoProgram): Maker {
  const { name, linkerFlags = "", tags = [], estimate } = program;
  return async (folder, signal) => {
    const go = findProgram("go");
    if (go === undefined || answerOf(go, "version") === undefined) {
      return `it cannot be built from its Go module: there is no Go on PATH`;
    }
    await step(`building ${name} from its Go module`, estimate, () =>
      runLogged({
        program: go,
        words: [
          ...["build", "-trimpath", "-mod=readonly", "-ldflags", `-s -w ${linkerFlags}`.trim()],
          ...(tags.length === 0 ? [] : ["-tags", tags.join(",")]),
          ...["-o", join(folder, name), program.package],
        ],
        folder: join(root, "tools", program.module),
        environment: { CGO_ENABLED: "0" },
        log: join(cacheFolder(), `${name}-build.log`),
        signal,
      }),
    );
    return undefined;
  };
}

/** Hash of the Go files of a module under tools/ that holds a program of our own. */
export function sourceHash(module: string): string {
  const folder = join(root, "tools", module);
  const hash = createHash("sha256");
  const files = readdirSync(folder).filter((name) => /\.(?:go|mod|sum)$/.test(name));
  for (const name of files.sort()) hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  return hash.digest("hex").slice(0, 8);
}
