import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { mirrorStack } from "../../../cli/mirror/command.ts";
import { openRegistry } from "../../../cli/registry/distribution.ts";
import { thirdPartyImages } from "../../../components/delivery/third-party.ts";
import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import { type Image, imageReference } from "../../../components/workload/index.ts";
import { readStackFile } from "../../../stacks/files.ts";
import { readMirrored } from "../../../stacks/mirrored.ts";
import { readSettings } from "../../../stacks/read.ts";
import { ground } from "../../support/products/product.ts";
import { configOf } from "../../support/stacks.ts";
import { missingOf, pushIndex, type RealRegistry, startRegistry } from "./registry.ts";

const place = ground("trading-platform-mirror");
let makers: RealRegistry;
let own: RealRegistry;
let checkout: string;
let told: string[];
let sent: string[];

beforeAll(async () => {
  makers = await startRegistry(place, "makers");
  own = await startRegistry(place, "own");
}, 900_000);
afterAll(() => place.clear());

let count = 0;
beforeEach(() => {
  told = [];
  sent = [];
  vi.spyOn(console, "error").mockImplementation((line: string) => void told.push(line));
  vi.spyOn(console, "log").mockImplementation((line: string) => void told.push(line));
  checkout = join(place.folder, `checkout-${++count}`);
  mkdirSync(checkout, { recursive: true });
  const config = {
    ...configOf("prod"),
    images: { application: `${own.host}/trading`, version: "1.0.0", mirror: mirror() },
  };
  const keys = Object.entries(config).map(([key, value]) => [`trading-platform:${key}`, value]);
  writeFileSync(join(checkout, "Pulumi.prod.yaml"), stringify({ config: Object.fromEntries(keys) }));
});

/** Each test has a path of its own there. */
const mirror = (): string => `${own.host}/trading-${count}/mirror`;
const settings = () => readSettings(readStackFile(checkout, "prod"));
const isOwn = ({ repository }: Pick<Image, "repository">): boolean => repository.startsWith(`${own.host}/`);

/** All makers' registries are one; what is sent to the stack's own is noted. */
async function open({ repository }: Pick<Image, "repository">) {
  const name = repository.slice(repository.indexOf("/") + 1);
  if (!isOwn({ repository })) return { registry: makers, name };
  const registry = openRegistry(own.host);
  const ask: typeof registry.ask = (path, request) => {
    if (request?.method === "PUT") sent.push(path);
    return registry.ask(path, request);
  };
  return { registry: { ...registry, ask }, name };
}

const publish = ({ repository, version }: Image, build = "first") =>
  pushIndex(makers, repository.slice(repository.indexOf("/") + 1), `${build} ${repository}`, version);
const copy = (more: { readonly renew?: boolean; readonly only?: readonly string[] } = {}) =>
  mirrorStack(checkout, "prod", { renew: false, only: [], open, ...more });

/** What prod runs on hosts that have the AWS kind of machine alone, whole. */
async function publishAll() {
  const images = thirdPartyImages(settings());
  for (const image of images) await publish(image);
  return images;
}

test("what prod runs of others is copied whole, locked, and run from there by digest; a second time nothing is sent [requirement rollback/images]", async () => {
  const images = await publishAll();
  expect(images.length).toBeGreaterThan(8);
  await copy();
  const after = settings();
  const running = membersOf(describePlatform(after))
    .filter(isWorkload)
    .map(({ image }) => image)
    .filter(({ repository }) => !repository.startsWith(`${after.images.application}/`));
  expect(running.length).toBeGreaterThan(5);
  for (const { repository, digest = "" } of running) {
    expect(repository.startsWith(`${mirror()}/`)).toBe(true);
    const name = repository.slice(repository.indexOf("/") + 1);
    expect(await missingOf(own, name, digest)).toEqual([]);
    // The image for the hosts' kind of machine, not the index.
    expect((await own.manifest(name, digest))?.content.manifests).toEqual([]);
    expect(await own.digestOf(name, "live-prod")).toBe(digest);
  }
  sent = [];
  const lock = readFileSync(join(checkout, "stacks/releases/prod.images.yaml"), "utf8");
  await copy();
  expect(sent).toEqual([]);
  expect(readFileSync(join(checkout, "stacks/releases/prod.images.yaml"), "utf8")).toBe(lock);
}, 120_000);

test("a tag that names another image by now is said and not taken, until somebody asks for it; what ran before is kept", async () => {
  const [first] = await publishAll();
  if (first === undefined) throw new Error("prod runs no third-party image");
  await copy();
  const reference = imageReference(first);
  const before = readMirrored(checkout, "prod")[reference];
  const { digest } = await publish(first, "second");
  told = [];
  await copy();
  expect(told.join("\n")).toContain(`${reference}: the tag names another image by now, ${digest}`);
  expect(readMirrored(checkout, "prod")[reference]).toEqual(before);
  await copy({ renew: true });
  const now = readMirrored(checkout, "prod")[reference];
  expect(now).toMatchObject({ named: digest });
  expect(now?.digest).not.toBe(before?.digest);
  const name = `trading-${count}/mirror/${first.repository.slice(first.repository.indexOf("/") + 1)}`;
  expect(await own.digestOf(name, "live-prod")).toBe(now?.digest);
  expect(await own.digestOf(name, "live-prod-previous")).toBe(before?.digest);
}, 120_000);

test("prod takes what staging runs of the same version, though the tag has moved since; where the registry is one, nothing is sent", async () => {
  const [first] = await publishAll();
  if (first === undefined) throw new Error("prod runs no third-party image");
  const text = readFileSync(join(checkout, "Pulumi.prod.yaml"), "utf8");
  writeFileSync(join(checkout, "Pulumi.staging.yaml"), text);
  await mirrorStack(checkout, "staging", { renew: false, only: [], open });
  const staging = readMirrored(checkout, "staging");
  await publish(first, "fourth");
  sent = [];
  told = [];
  await copy();
  const reference = imageReference(first);
  const locked = staging[reference];
  expect(readMirrored(checkout, "prod")[reference]).toEqual({ ...locked, since: expect.any(String) });
  expect(Object.keys(readMirrored(checkout, "prod"))).toEqual(Object.keys(staging));
  expect(told.join("\n")).toContain(`${reference}: as staging runs it, ${locked?.digest}`);
  expect(sent.filter((path) => path.includes("/blobs/"))).toEqual([]);
  const name = `trading-${count}/mirror/${first.repository.slice(first.repository.indexOf("/") + 1)}`;
  expect(await own.digestOf(name, "live-prod")).toBe(locked?.digest);
}, 120_000);

test("a copy that the registry has lost is copied again, the same, though the tag has moved", async () => {
  const [first] = await publishAll();
  if (first === undefined) throw new Error("prod runs no third-party image");
  await copy();
  const { digest = "" } = readMirrored(checkout, "prod")[imageReference(first)] ?? {};
  const name = `trading-${count}/mirror/${first.repository.slice(first.repository.indexOf("/") + 1)}`;
  expect((await own.ask(`${name}/manifests/${digest}`, { method: "DELETE" })).status).toBe(202);
  await publish(first, "third");
  await copy();
  expect(await missingOf(own, name, digest)).toEqual([]);
}, 120_000);

test("images that their makers do not have are all named, nothing is copied, and nothing is locked", async () => {
  const file = join(checkout, "Pulumi.prod.yaml");
  const gone = { nginx: "1.0.1-gone", grafana: "1.0.1-gone" };
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(
      "trading-platform:images:",
      `trading-platform:images:\n    versions: ${JSON.stringify(gone)}`,
    ),
  );
  await publishAll().then(async (images) => {
    for (const { repository, version } of images.filter(({ version }) => version === "1.0.1-gone")) {
      const name = repository.slice(repository.indexOf("/") + 1);
      const digest = await makers.digestOf(name, version);
      await makers.ask(`${name}/manifests/${digest}`, { method: "DELETE" });
    }
  });
  await expect(copy()).rejects.toThrow(
    /grafana:1\.0\.1-gone: its registry has no such image[\s\S]*nginx:1\.0\.1-gone: [\s\S]*\nnothing was copied$/,
  );
  expect(sent).toEqual([]);
  expect(existsSync(join(checkout, "stacks/releases/prod.images.yaml"))).toBe(false);
}, 120_000);

test("a registry that lets us read and not write says so, in one message that tells the way out", async () => {
  await publishAll();
  const refusing: typeof open = async (image) => {
    const { registry, name } = await open(image);
    if (!isOwn(image)) return { registry, name };
    const ask: typeof registry.ask = async (path, request) =>
      request?.method === "POST" ? new Response(null, { status: 403 }) : registry.ask(path, request);
    return { registry: { ...registry, ask }, name };
  };
  await expect(mirrorStack(checkout, "prod", { renew: false, only: [], open: refusing })).rejects.toThrow(
    /does not let us push to trading-\d+\/mirror\/\S+ \(403\): log in \(docker login 127\.0\.0\.1:\d+\)/,
  );
  expect(existsSync(join(checkout, "stacks/releases/prod.images.yaml"))).toBe(false);
}, 120_000);

test("some alone, and a name that no image has", async () => {
  await publishAll();
  await copy({ only: ["nginx"] });
  expect(Object.keys(readMirrored(checkout, "prod"))).toEqual([expect.stringMatching(/^docker\.io\/library\/nginx:/)]);
  await expect(copy({ only: ["nothing"] })).rejects.toThrow(/prod runs no image of nothing; it runs docker\.io\//);
}, 120_000);
