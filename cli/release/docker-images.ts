import { imageReference } from "../../components/workload/index.ts";
import type { Daemon } from "../../offline/docker/daemon/client.ts";
import { storeOf } from "../images/store.ts";
import type { ImageSource } from "./images.ts";

/** The images of a Docker daemon, and what it can pull. */
export function dockerImages(daemon: Daemon): ImageSource {
  const store = storeOf(daemon);
  return {
    name: `Docker (${daemon.address.text}), and no registry that it reaches has it`,
    async find(image) {
      const reference = imageReference(image);
      const there = (await store.find(reference)) ?? (await pulled(reference));
      if (there === undefined) return undefined;
      const named = there.digests.find((digest) => digest.startsWith(`${image.repository}@`));
      return named === undefined ? {} : { digest: named.slice(image.repository.length + 1) };
    },
    // A daemon keeps what it has.
    mark: async () => true,
    marked: async () => undefined,
  };

  async function pulled(reference: string) {
    const obstacle = await store.pull(reference, new AbortController().signal);
    return obstacle === undefined ? store.find(reference) : undefined;
  }
}
