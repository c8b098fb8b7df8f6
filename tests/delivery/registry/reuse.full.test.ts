import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inputsOf } from "../../../cli/inputs/inputs.ts";
import { inputsAnnotation, type ReuseRequest, reuseImage } from "../../../cli/inputs/reuse.ts";
import { ground } from "../../support/products/product.ts";
import { missingOf, pushIndex, type RealRegistry, startRegistry } from "./registry.ts";

const place = ground("trading-platform-reuse");
let registry: RealRegistry;
beforeAll(async () => {
  registry = await startRegistry(place, "registry");
}, 900_000);
afterAll(() => place.clear());

test("in a real registry: a release that changes nothing of an image has the image of the release before, whole, by its digest", async () => {
  const checkout = join(place.folder, "checkout");
  mkdirSync(checkout, { recursive: true });
  writeFileSync(join(checkout, "Dockerfile"), "FROM node:24\nCOPY main.ts /\n");
  writeFileSync(join(checkout, "main.ts"), "first");
  await pushIndex(registry, "library/node", "node", "24");
  const request: ReuseRequest = {
    checkout,
    dockerfile: "Dockerfile",
    repository: `${registry.host}/trading/shop`,
    last: "built-main",
    version: "second",
    open: async ({ repository }) => ({ registry, name: repository.slice(repository.indexOf("/") + 1) }),
    now: new Date(),
    say: () => {},
  };
  const asks = (tag: string) => registry.digestOf("trading/shop", tag);
  const build = async (tag: string) => {
    const made = { [inputsAnnotation]: await inputsOf(request) };
    return (await pushIndex(registry, "trading/shop", tag, "built-main", made)).digest;
  };

  expect((await reuseImage(request)).digest).toBeUndefined();
  const first = await build("first");
  expect((await reuseImage(request)).digest).toBe(first);
  expect(await asks("second")).toBe(first);
  expect(await missingOf(registry, "trading/shop", first)).toEqual([]);

  // The base image's maker has mended it under the same tag.
  await pushIndex(registry, "library/node", "node, mended", "24");
  expect((await reuseImage({ ...request, version: "third" })).digest).toBeUndefined();
  expect(await asks("third")).toBeUndefined();
  const third = await build("third");
  expect(third).not.toBe(first);
  expect((await reuseImage({ ...request, version: "fourth" })).digest).toBe(third);
}, 120_000);
