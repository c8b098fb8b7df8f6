import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Release } from "../../components/delivery/releases.ts";
import { imageReference } from "../../components/workload/index.ts";
import type { ImageSource } from "./images.ts";
import { listReleases } from "./list.ts";
import { writeReleases } from "./record.ts";
import { tagRelease } from "./release.ts";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const images = { backend: digest("a"), probe: digest("b") };

let checkout = "";
let gone: readonly string[] = [];
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "release-"));
  gone = [];
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Anna");
  git("config", "user.email", "anna@example.com");
  writeFileSync(join(checkout, "Pulumi.yaml"), "name: trading-platform\nruntime: nodejs\n");
  for (const stack of ["staging", "prod"]) writeFileSync(join(checkout, `Pulumi.${stack}.yaml`), "config: {}\n");
});
afterEach(() => rmSync(checkout, { recursive: true }));

const git = (...words: readonly string[]): string =>
  execFileSync("git", ["-C", checkout, ...words], { encoding: "utf8", stdio: "pipe" }).trim();

function commit(message: string): string {
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", message);
  return git("rev-parse", "HEAD");
}

/** Prod runs this commit, and the record of it is committed, as the pipeline does it. */
async function runs(deployed: string | undefined, more: Partial<Release> = {}): Promise<void> {
  const at = deployed === undefined ? {} : { commit: deployed };
  const entry = { version: `build-${deployed?.slice(0, 7)}`, images, migration: 6, since: "2026-11-26T08:30:00.000Z" };
  await writeReleases(checkout, "prod", [{ ...entry, by: "anna", ...at, ...more }]);
  commit("prod runs a release");
}

const source: ImageSource = {
  name: "the registry",
  find: async (image) => (gone.includes(imageReference(image)) ? undefined : {}),
  mark: async () => true,
  marked: async () => undefined,
};

async function release(version?: string): Promise<string> {
  const { name, isNew } = await tagRelease({
    checkout,
    stack: "prod",
    application: "ghcr.io/example/trading",
    source,
    ...(version === undefined ? {} : { version }),
  });
  return isNew ? name : `${name}, as before`;
}
const tags = () => git("tag", "--list");

test("the version follows from the commits; the tag is on what was deployed, with the digests in it [requirement rollback/tag]", async () => {
  const first = commit("feat: all of it");
  await runs(first);
  expect(await release()).toBe("v0.1.0");
  expect(git("rev-parse", "v0.1.0^{commit}")).toBe(first);
  expect(git("cat-file", "-t", "v0.1.0")).toBe("tag");
  expect(git("for-each-ref", "--format=%(contents)", "refs/tags/v0.1.0")).toBe(
    `Release 0.1.0\n\nbackend ${images.backend}\nprobe ${images.probe}`,
  );
  await runs(commit("fix: a slip"));
  expect(await release()).toBe("v0.1.1");
  await runs(commit("feat: more"));
  commit("feat!: not deployed yet");
  expect(await release()).toBe("v0.2.0");
  await runs(commit("docs: words"));
  expect(await release("2.0.0")).toBe("v2.0.0");
});

test("what has a name keeps it, so that a pipeline can be run again; other images of the commit get another", async () => {
  const deployed = commit("feat: all of it");
  await runs(deployed);
  expect([await release(), await release()]).toEqual(["v0.1.0", "v0.1.0, as before"]);
  await runs(deployed, { images: { ...images, backend: digest("c") } });
  await expect(release()).rejects.toThrow("v0.1.0, but with other images");
  expect([await release("0.1.1"), await release()]).toEqual(["v0.1.1", "v0.1.1, as before"]);
  expect(tags()).toBe("v0.1.0\nv0.1.1");
});

test.each<{ name: string; version?: string; before: () => Promise<void>; says: RegExp }>([
  { name: "nothing on record", before: async () => {}, says: /prod has no release on record .*up prod --release/ },
  {
    name: "a checkout with changes",
    before: async () => writeFileSync(join(checkout, "new.txt"), ""),
    says: /^the checkout differs from its commit: new\.txt; commit or remove them first$/,
  },
  {
    name: "a tag that is there",
    version: "1.0.0",
    before: async () => {
      await runs(git("rev-parse", "HEAD"));
      git("tag", "v1.0.0");
    },
    says: /^the tag v1\.0\.0 is there already: .*choose another version$/,
  },
  {
    name: "a commit that is released with other images",
    before: async () => {
      await runs(git("rev-parse", "HEAD"));
      git("tag", "--annotate", "v1.2.3", "HEAD~1", "--message", "1.2.3");
    },
    says: /^the commit that runs is released already, as v1\.2\.3, but with other images; .*give these a version/,
  },
  {
    name: "a word for a version",
    version: "--force",
    before: () => runs(git("rev-parse", "HEAD")),
    says: /^"--force" is no version; write three numbers, as 1\.4\.0$/,
  },
  {
    name: "an image that is gone",
    before: async () => {
      const head = git("rev-parse", "HEAD");
      await runs(head);
      gone = [`ghcr.io/example/trading/backend:build-${head.slice(0, 7)}@${images.backend}`];
    },
    says: /not in the registry: ghcr\.io\/example\/trading\/backend:build-\w{7}@sha256:a{64}/,
  },
  {
    name: "images without digests",
    before: () => runs(git("rev-parse", "HEAD"), { images: {} }),
    says: /has no digests of build-/,
  },
  { name: "a deploy of a dirty checkout", before: () => runs(undefined), says: /from a checkout with changes/ },
  { name: "a commit that git has not", before: () => runs("d".repeat(40)), says: /git fetch --unshallow/ },
])("$name: refused, and no tag is made", async ({ before, version, says }) => {
  commit("all of it");
  await before();
  const there = tags();
  await expect(release(version)).rejects.toThrow(says);
  expect(tags()).toBe(there);
});

test("what runs where: the newest of each stack; of one its record, with the tags of what was deployed", async () => {
  const [old, current] = [commit("one"), commit("two")];
  const entry = { images, migration: 6, since: "2026-11-26T08:30:00.000Z", by: "anna" };
  const [running, before] = [
    { ...entry, version: "b", commit: current },
    { ...entry, version: "a", commit: old, by: "ben" },
  ];
  await writeReleases(checkout, "prod", [running, before]);
  git("tag", "--annotate", "v1.0.0", old, "--message", "1.0.0");
  expect(await listReleases(checkout)).toEqual([
    { stack: "staging", runs: false },
    { stack: "prod", runs: true, ...running },
  ]);
  expect(await listReleases(checkout, "prod")).toEqual([
    { stack: "prod", runs: true, ...running },
    { stack: "prod", runs: false, ...before, tag: "v1.0.0" },
  ]);
  await expect(listReleases(checkout, "prd")).rejects.toThrow(/did you mean "prod"/);
});
