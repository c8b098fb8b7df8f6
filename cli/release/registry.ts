import type { Image } from "../../components/workload/index.ts";
import { openRegistry, type Registry } from "../registry/distribution.ts";
import { pushManifest } from "../registry/push.ts";
import type { ImageSource } from "./images.ts";
import { dockerLogin } from "./login.ts";

/**
 * The images of registries, with what `docker login` has left. Throws a UserError where a registry does not answer, or not to
 * this user.
 */
export const registryImages: ImageSource = {
  name: "the registry",
  async find(image) {
    const { registry, name } = await opened(image);
    const manifest = await registry.manifest(name, referenceOf(image));
    return manifest && { digest: manifest.digest };
  },
  async mark(image, tag) {
    const { registry, name } = await opened(image);
    const manifest = await registry.manifest(name, referenceOf(image));
    if (manifest === undefined) return false;
    await pushManifest(registry, name, tag, manifest);
    return true;
  },
  async marked(image, tag) {
    const { registry, name } = await opened(image);
    return registry.digestOf(name, tag);
  },
};

const referenceOf = ({ version, digest }: Image): string => digest ?? version;

/** Where an image is: a registry, and what it calls the image. */
export interface Place {
  readonly registry: Registry;
  readonly name: string;
}

/**
 * `ghcr.io/example/backend` → its registry and what it calls the image. Docker Hub's API is at a host of its own, and
 * `docker login` keeps its user under another.
 */
export async function opened({ repository }: Pick<Image, "repository">): Promise<Place> {
  const slash = repository.indexOf("/");
  const named = repository.slice(0, slash);
  const host = named === "docker.io" ? "registry-1.docker.io" : named;
  const user = await dockerLogin(named === "docker.io" ? "https://index.docker.io/v1/" : host);
  return { registry: openRegistry(host, user), name: repository.slice(slash + 1) };
}
