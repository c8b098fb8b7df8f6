import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../root.ts";
import { lockProblems } from "./lock.ts";

const good = { version: "1.0.0", integrity: "sha512-abc", license: "MIT" };
const lockOf = (packages: Readonly<Record<string, object>>) =>
  JSON.stringify({ packages: { "": { engines: { node: ">=22.18" } }, ...packages } });
const one = (changes: object) => lockProblems(lockOf({ "node_modules/a": { ...good, ...changes } }), ["24.21.0"]);

test("this repository's packages are fixed by content, looked after, allowed, and run on the Node that is used", () => {
  expect(lockProblems(readFileSync(join(root, "package-lock.json"), "utf8"), [process.versions.node])).toEqual([]);
});

test.each([
  ["content", { integrity: undefined }, /^a 1\.0\.0: has no sha512 in the lock file/],
  ["content", { integrity: "sha1-abc" }, /has no sha512/],
  ["address", { resolved: "https://registry.example.com/a.tgz" }, /is tied to one registry/],
  ["address", { resolved: "git+ssh://git@example.com/a.git" }, /is tied to one registry/],
  ["care", { deprecated: "use b" }, /is deprecated: use b/],
  ["Node", { engines: { node: "^23" } }, /runs on Node \^23, not on 22\.18\.0, 24\.21\.0/],
  ["Node", { engines: { node: "<24" } }, /not on 24\.21\.0/],
  ["licence", { license: "GPL-3.0" }, /has the licence GPL-3\.0, which cli\/lint\/lock\.ts does not allow/],
  ["licence", { license: "(MIT AND GPL-3.0)" }, /does not allow/],
  ["licence", { license: undefined }, /names no licence/],
  ["licence", { license: "SEE LICENSE IN LICENSE" }, /names no licence/],
])("%s: %j is told", (_, changes, says) => {
  const told = one(changes);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(says);
});

test.each([
  { license: "(MIT OR GPL-3.0)" },
  { license: "(MIT AND Zlib)" },
  { engines: { node: ">=18" } },
  { resolved: "services/backend" },
])("%j is right", (changes) => {
  expect(one(changes)).toEqual([]);
});

test("a package inside another is told by its own name, and what is our own is not judged", () => {
  const packages = {
    "node_modules/b/node_modules/@scope/a": { ...good, license: "SSPL-1.0" },
    "services/backend": { version: "1.0.0" },
    "node_modules/@trading/backend": { resolved: "services/backend", link: true },
  };
  expect(lockProblems(lockOf(packages))).toEqual([
    "@scope/a 1.0.0: has the licence SSPL-1.0, which cli/lint/lock.ts does not allow",
  ]);
});
