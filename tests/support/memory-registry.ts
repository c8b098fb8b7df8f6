import type { InputsRequest } from "../../cli/inputs/inputs.ts";
import { digestOf, type Manifest, type Registry } from "../../cli/registry/distribution.ts";

const mediaType = "application/vnd.oci.image.index.v1+json";

/** For tests: a registry in memory, which holds manifests alone, and every image's place in it. */
export function memoryRegistry() {
  const manifests = new Map<string, Manifest>();
  const put = (repository: string, tag: string, bytes: Buffer): string => {
    const content = { layers: [], manifests: [], annotations: {}, ...JSON.parse(bytes.toString()) };
    const manifest = { digest: digestOf(bytes), mediaType, bytes, content };
    for (const reference of [tag, manifest.digest]) manifests.set(`${repository}:${reference}`, manifest);
    return manifest.digest;
  };
  const registry: Registry = {
    host: "registry.example",
    manifest: async (repository, reference) => manifests.get(`${repository}:${reference}`),
    digestOf: async (repository, reference) => manifests.get(`${repository}:${reference}`)?.digest,
    ask: async (path, { method, body } = {}) => {
      const [, repository = "", tag = ""] = /^(.+)\/manifests\/(.+)$/.exec(path) ?? [];
      if (method !== "PUT" || !(body instanceof Uint8Array)) return new Response(null, { status: 405 });
      put(repository, tag, Buffer.from(body));
      return new Response(null, { status: 201 });
    },
  };
  const open: InputsRequest["open"] = async ({ repository }) => ({
    registry,
    name: repository.slice(repository.indexOf("/") + 1),
  });
  /** Puts an image there; the same words are the same image. */
  const name = (repository: string, tag: string, words: string, annotations: Readonly<Record<string, string>> = {}) =>
    put(repository, tag, Buffer.from(JSON.stringify({ words, annotations })));
  return { registry, open, name };
}
