import { UserError } from "../console/error.ts";
import { digestOf, type Manifest, type Registry, refusedBy } from "./distribution.ts";

/** How long the bytes of a layer may take, in milliseconds. */
export const blobPatience = 1_800_000;

/** Bytes of which the digest and the size are known beforehand. */
export interface Blob {
  readonly digest: string;
  readonly size: number;
  /** Asked for where the registry does not have it yet. */
  readonly open: () => Promise<ReadableStream<Uint8Array> | Uint8Array>;
}

/** Uploads a blob unless the registry has it, in one request: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#post-then-put */
export async function pushBlob(registry: Registry, repository: string, { digest, size, open }: Blob): Promise<void> {
  const there = await registry.ask(`${repository}/blobs/${digest}`, { method: "HEAD" });
  if (there.ok) return;
  const begun = await registry.ask(`${repository}/blobs/uploads/`, { method: "POST" });
  if (begun.status === 404) throw new UserError(`${registry.host} has no repository ${repository}: make it first`);
  const place = begun.headers.get("location");
  if (begun.status !== 202 || place === null) throw refusedBy(registry.host, begun.status, `push to ${repository}`);
  const target = new URL(place, begun.url);
  target.searchParams.set("digest", digest);
  const put = await registry.ask(target.href, {
    method: "PUT",
    headers: { "content-type": "application/octet-stream", "content-length": String(size) },
    body: await open(),
    signal: AbortSignal.timeout(blobPatience),
    // A stream can be sent once; nobody asks for it twice.
    ...{ duplex: "half" },
  });
  if (put.status !== 201) throw refusedBy(registry.host, put.status, `push ${digest} to ${repository}`);
}

/** Puts a manifest, byte by byte, under a tag or its own digest; what it refers to must be there. */
export async function pushManifest(
  registry: Registry,
  repository: string,
  reference: string,
  { bytes, mediaType }: Pick<Manifest, "bytes" | "mediaType">,
): Promise<string> {
  const put = await registry.ask(`${repository}/manifests/${reference}`, {
    method: "PUT",
    headers: { "content-type": mediaType },
    body: new Uint8Array(bytes),
  });
  if (put.status !== 201) throw refusedBy(registry.host, put.status, `push ${repository}:${reference}`);
  return digestOf(bytes);
}
