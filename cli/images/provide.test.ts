import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { extract } from "tar-stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { list } from "../../tests/support/json.ts";
import { archiveNamed } from "./archive.ts";
import { recipeLabel } from "./configuration.ts";
import { file, folder } from "./parts.ts";
import { provideImages } from "./provide.ts";
import type { ImageName, Recipe } from "./recipe.ts";
import type { ImageStore, Stored } from "./store.ts";
import type { Wanted } from "./wanted.ts";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "images-"));
  vi.stubEnv("TRADING_PLATFORM_CACHE", cache);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(cache, { recursive: true });
});

const recipe = (name: ImageName, text = "hello"): Recipe => ({
  name,
  version: "1.0",
  parts: [file("/etc/greeting", text), folder("/data", [7, 8])],
  config: { entrypoint: ["/bin/x"], user: "7:8" },
  differences: [],
});

const wanted = (name: ImageName, more: Partial<Wanted> = {}): Wanted => ({
  reference: `docker.io/library/${name}:1.0`,
  own: false,
  entry: recipe(name),
  ...more,
});

interface Fake extends ImageStore {
  readonly images: Map<string, Stored>;
  readonly pulled: string[];
  readonly loaded: string[];
}

/** A daemon in memory; `obstacle` is why a pull fails. */
function fakeStore(obstacle?: string): Fake {
  const images = new Map<string, Stored>();
  const [pulled, loaded]: string[][] = [[], []];
  return {
    images,
    pulled: pulled ?? [],
    loaded: loaded ?? [],
    find: async (reference) => images.get(reference),
    async pull(reference) {
      pulled?.push(reference);
      if (obstacle === undefined) images.set(reference, { id: "sha256:1", labels: {}, bytes: 1, digests: [] });
      return obstacle;
    },
    async load(archive, reference) {
      loaded?.push(archive);
      const { names, labels } = await contents(archive, reference);
      for (const name of names) images.set(name, { id: "sha256:2", labels, bytes: 2, digests: [] });
    },
  };
}

async function contents(archive: string, reference: string) {
  const entries = new Map<string, string>();
  const reader = archiveNamed(archive, reference).pipe(extract());
  for await (const entry of reader) entries.set(entry.header.name, (await buffer(entry)).toString());
  const [{ Config, RepoTags }] = JSON.parse(entries.get("manifest.json") ?? "");
  return { names: list(RepoTags).map(String), labels: JSON.parse(entries.get(Config) ?? "").config.Labels };
}

const outcomes = async (images: readonly Wanted[], offline: boolean, store: Fake) =>
  (await provideImages(images, offline, store)).map(({ how }) => how);

test("offline: built and loaded under the asked name, once; nothing is pulled", async () => {
  const store = fakeStore();
  expect(await outcomes([wanted("redis")], true, store)).toEqual(["built"]);
  expect(store.images.get("docker.io/library/redis:1.0")?.labels[recipeLabel]).toMatch(/^[0-9a-f]{12}$/);
  expect(await outcomes([wanted("redis")], true, store)).toEqual(["was there"]);
  expect([store.pulled, store.loaded.length]).toEqual([[], 1]);
});

test("one that the daemon lost is loaded from the cache; one of an older recipe is replaced", async () => {
  const store = fakeStore();
  await outcomes([wanted("redis")], true, store);
  store.images.clear();
  await outcomes([wanted("redis")], true, store);
  expect(store.loaded[0]).toBe(store.loaded[1]);
  expect(await outcomes([wanted("redis", { entry: recipe("redis", "bye") })], true, store)).toEqual(["built"]);
  expect(new Set(store.loaded).size).toBe(2);
  expect(readdirSync(cache).filter((name) => name.includes("tmp"))).toEqual([]);
});

test("what was made for one name is loaded under the name that another stack has for it, and nothing else is", async () => {
  const store = fakeStore();
  await outcomes([wanted("redis")], true, store);
  store.images.clear();
  await outcomes([wanted("redis", { reference: "mirror.example.com/library/redis:1.0" })], true, store);
  expect([...store.images.keys()]).toEqual(["mirror.example.com/library/redis:1.0"]);
  expect(store.loaded[0]).toBe(store.loaded[1]);
});

test("an archive that cannot be read is told, and never passes for an image", async () => {
  const gone = archiveNamed(join(cache, "gone.tar"), "redis:1.0");
  await expect(buffer(gone)).rejects.toThrow("ENOENT");
});

test("an official image is never replaced by ours", async () => {
  const store = fakeStore();
  store.images.set("docker.io/library/redis:1.0", { id: "sha256:1", labels: {}, bytes: 1, digests: [] });
  expect(await outcomes([wanted("redis")], true, store)).toEqual(["was there"]);
  expect(store.loaded).toEqual([]);
});

test("where the registry can be reached the official one is pulled; our own is in none", async () => {
  const store = fakeStore();
  const own = wanted("probe", { own: true });
  expect(await outcomes([wanted("redis"), own], false, store)).toEqual(["pulled", "built"]);
  expect(store.pulled).toEqual(["docker.io/library/redis:1.0"]);
});

test("the application's images of a checkout are asked of no registry: on port 80 of this machine is a gateway", async () => {
  const store = fakeStore();
  const backend = wanted("backend", { reference: "localhost/trading/backend:1.0" });
  expect(await outcomes([backend], false, store)).toEqual(["built"]);
  expect(store.pulled).toEqual([]);
});

test("a registry that cannot be reached is asked once, and the rest is built", async () => {
  const store = fakeStore("dial tcp: network is unreachable");
  expect(await outcomes([wanted("redis"), wanted("nginx")], false, store)).toEqual(["built", "built"]);
  expect(store.pulled).toHaveLength(1);
});

test("a registry that only lacks an image is asked for the next one", async () => {
  const store = fakeStore("manifest unknown");
  await outcomes([wanted("redis"), wanted("nginx")], false, store);
  expect(store.pulled).toHaveLength(2);
});

test("what cannot be built is left out with its reason, and pulled where it can be", async () => {
  const grafana = wanted("grafana", { entry: { name: "grafana", leftOut: "it is in no package registry" } });
  const why = async (offline: boolean, store: Fake) => (await provideImages([grafana], offline, store))[0];
  const reason = "and cannot be built here: it is in no package registry";
  expect(await why(true, fakeStore())).toMatchObject({
    how: "left out",
    why: `was asked of no registry, ${reason}`,
  });
  expect(await why(false, fakeStore("no such host\n"))).toMatchObject({
    how: "left out",
    why: `could not be pulled (no such host), ${reason}`,
  });
  expect(await outcomes([grafana], false, fakeStore())).toEqual(["pulled"]);
});
