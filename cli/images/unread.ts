import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What no running program reads: types, source maps, texts, tests, what is hidden. Folders only at a package's top: below it they are its code. */
const unread =
  /\.(?:map|md|markdown|ts|mts|cts|flow|yml|yaml|tgz)$|^(?:tests?|__tests__|examples?|benchmarks?|docs?)\/|(?:^|\/)\./;
const licence = /(?:^|\/)(?:licen[cs]e|notice|copying)[^/]*$/i;

/** Whether a running program reads this file of an npm package; licences stay in any case. Within the package, as `lib/x.js`. */
export const isRead = (path: string): boolean => !unread.test(path) || licence.test(path);

/** The path within the package that it belongs to, the innermost. */
const withinPackage = (path: string): string => path.replace(/^.*node_modules\/(?:@[^/]+\/)?[^/]+\//, "");

/**
 * Removes what is not read from a `node_modules`; the Dockerfiles of services/ do it. What is linked is not followed, as
 * readdir's own recursion would: npm links the workspaces.
 */
function trim(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) trim(path);
    else if (entry.isFile() && !isRead(withinPackage(path))) rmSync(path);
  }
}

const [program, modules] = process.argv.slice(1);
if (program === fileURLToPath(import.meta.url) && modules !== undefined) trim(modules);
