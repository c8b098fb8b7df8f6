import { minVersion, satisfies } from "semver";
import { z } from "zod";

/** What can be said of the npm packages without asking anybody: from `package-lock.json` alone. */

const locked = z.object({
  version: z.string().exactOptional(),
  resolved: z.string().exactOptional(),
  integrity: z.string().exactOptional(),
  link: z.boolean().exactOptional(),
  license: z.string().exactOptional(),
  deprecated: z.string().exactOptional(),
  // Old packages have a list of words.
  engines: z.union([z.object({ node: z.string().exactOptional() }), z.array(z.string())]).exactOptional(),
});
type Locked = z.infer<typeof locked>;

const lock = z.object({ packages: z.record(z.string(), locked) });

const rootOf = z.object({ engines: z.object({ node: z.string() }) });

/** SPDX's names of licences that ask for no more than their text, or leave our own files alone (MPL: by file). */
const allowedLicences = new Set([
  ...[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC-BY-3.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
  ],
  ...["MPL-2.0", "Python-2.0", "Unlicense", "Zlib"],
]);

/** Packages whose lock entry names no licence, with what their own LICENSE file says. */
const readLicences: ReadonlyMap<string, string> = new Map([
  ["@logdna/tail-file", "MIT"],
  ["buildcheck", "MIT"],
  ["cpu-features", "MIT"],
  ["ssh2", "MIT"],
]);

/**
 * One line a package that cannot be installed as it was, that nobody looks after, that does not run on every Node that we do,
 * or whose licence nobody has allowed.
 * @param text of package-lock.json.
 * @param nodes versions of Node that it is run on, beside the least that `engines` allows.
 */
export function lockProblems(text: string, nodes: readonly string[] = []): readonly string[] {
  const { packages } = lock.parse(JSON.parse(text));
  const { engines } = rootOf.parse(packages[""]);
  const least = minVersion(engines.node)?.version ?? engines.node;
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes("node_modules/") && link !== true)
    .flatMap(([path, entry]) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      return [...problemsOf(name, entry, [least, ...nodes])].map((problem) => `${name} ${entry.version}: ${problem}`);
    });
}

function* problemsOf(name: string, entry: Locked, nodes: readonly string[]): Generator<string> {
  const { integrity, resolved, deprecated, license, engines } = entry;
  if (integrity?.startsWith("sha512-") !== true) {
    yield "has no sha512 in the lock file, so anything could be installed for it; npm install it anew";
  }
  if (resolved !== undefined && /^[a-z+]+:/.test(resolved)) {
    yield "is tied to one registry or address; remove its line `resolved` from the lock file";
  }
  if (deprecated !== undefined) yield `is deprecated: ${deprecated}`;
  const range = engines !== undefined && "node" in engines ? engines.node : undefined;
  const refused = range === undefined ? [] : nodes.filter((node) => !satisfies(node, range));
  if (refused.length > 0) yield `runs on Node ${range}, not on ${refused.join(", ")}`;
  const licence = license === undefined || /^SEE LICENSE/i.test(license) ? readLicences.get(name) : license;
  if (licence === undefined) yield "names no licence; read its LICENSE, and say in cli/lint/lock.ts which it is";
  else if (!isAllowed(licence)) yield `has the licence ${licence}, which cli/lint/lock.ts does not allow`;
}

/** SPDX's expressions as they occur: `A`, `(A OR B)`, `(A AND B)`. */
function isAllowed(expression: string): boolean {
  const [words, one] = [expression.replace(/[()]/g, ""), (word: string) => allowedLicences.has(word.trim())];
  return words.includes(" OR ") ? words.split(" OR ").some(one) : words.split(" AND ").every(one);
}
