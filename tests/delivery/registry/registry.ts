import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { digestOf, openRegistry, type Registry } from "../../../cli/registry/distribution.ts";
import { pushBlob, pushManifest } from "../../../cli/registry/push.ts";
import { ensureDistribution } from "../../../cli/setup/distribution.ts";
import type { Ground, Product } from "../../support/products/product.ts";

/** A real registry on the loopback, from which manifests can be deleted. */
export interface RealRegistry extends Registry {
  readonly product: Product;
  /** Frees what nothing refers to; the registry must not run. */
  collectGarbage(): void;
}

/** @param port default: a free one; to start it again where its clients look for it. */
export async function startRegistry(ground: Ground, name: string, port?: number): Promise<RealRegistry> {
  const program = await ensureDistribution();
  const file = join(ground.folder, `${name}.yml`);
  const product = await ground.start({
    name,
    program,
    readyPath: "/v2/",
    ...(port !== undefined && { port }),
    words: (folder, own) => {
      const config = {
        version: 0.1,
        log: { level: "warn" },
        storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
        http: { addr: `127.0.0.1:${own}` },
      };
      writeFileSync(file, stringify(config));
      return ["serve", file];
    },
    environment: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
  });
  return {
    ...openRegistry(product.address),
    product,
    collectGarbage: () => {
      const { status, stderr } = spawnSync(program, ["garbage-collect", file], { encoding: "utf8", timeout: 60_000 });
      if (status !== 0) throw new Error(`garbage-collect ended with ${status}: ${stderr}`);
    },
  };
}

interface Pushed {
  /** Of the index. */
  readonly digest: string;
  /** Of its images. */
  readonly children: readonly string[];
}

const blobOf = (text: string) => {
  const bytes = Buffer.from(text);
  return { digest: digestOf(bytes), size: bytes.length, open: async () => new Uint8Array(bytes) };
};

/** Pushes an index of two images, each with a layer of its own and one that all builds share. */
export async function pushIndex(
  registry: Registry,
  repository: string,
  build: string,
  tag: string,
  annotations: Readonly<Record<string, string>> = {},
): Promise<Pushed> {
  const manifests = [];
  for (const machine of ["amd64", "arm64"]) {
    const [config, ...layers] = [
      JSON.stringify({ architecture: machine, os: "linux", build }),
      "what all builds share",
      `${build} for ${machine}`,
    ].map(blobOf);
    if (config === undefined) continue;
    for (const blob of [config, ...layers]) await pushBlob(registry, repository, blob);
    const content = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: config.digest, size: config.size },
      layers: layers.map(({ digest, size }) => ({
        mediaType: "application/vnd.oci.image.layer.v1.tar",
        digest,
        size,
      })),
    };
    const bytes = Buffer.from(JSON.stringify(content));
    const digest = await pushManifest(registry, repository, digestOf(bytes), { bytes, mediaType: content.mediaType });
    manifests.push({
      mediaType: content.mediaType,
      digest,
      size: bytes.length,
      platform: { architecture: machine, os: "linux" },
    });
  }
  const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests, annotations };
  const bytes = Buffer.from(JSON.stringify(index));
  const digest = await pushManifest(registry, repository, tag, { bytes, mediaType: index.mediaType });
  return { digest, children: manifests.map((each) => each.digest) };
}

/** What of an image cannot be pulled: manifests and blobs, however deep. */
export async function missingOf(registry: Registry, repository: string, digest: string): Promise<readonly string[]> {
  const manifest = await registry.manifest(repository, digest);
  if (manifest === undefined) return [digest];
  const { config, layers, manifests } = manifest.content;
  const missing: string[] = [];
  for (const blob of [...(config ? [config] : []), ...layers]) {
    const answer = await registry.ask(`${repository}/blobs/${blob.digest}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (!answer.ok || digestOf(bytes) !== blob.digest) missing.push(blob.digest);
  }
  for (const child of manifests) missing.push(...(await missingOf(registry, repository, child.digest)));
  return missing;
}
