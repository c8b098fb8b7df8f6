import type { Image } from "../../components/workload/index.ts";
import { UserError } from "../console/error.ts";
import { runSideBySide } from "../engine/concurrency.ts";
import { type Descriptor, type Manifest, refusedBy } from "../registry/distribution.ts";
import { type Patience, retried } from "../registry/fault.ts";
import { blobPatience, pushBlob, pushManifest } from "../registry/push.ts";
import type { Place } from "../release/registry.ts";

/** Layers that are copied at a time. */
const copiers = 3;

/**
 * What is run of what a tag names: of an index the image for the one kind of machine, or all of it where no kind is said.
 * Throws a UserError where the index has none for it.
 */
export function chosen({ digest, content }: Manifest, machine: string | undefined, what: string): string {
  if (content.manifests.length === 0 || machine === undefined) return digest;
  const found = content.manifests.find((each) => machineOf(each) === machine);
  if (found !== undefined) return found.digest;
  const kinds = content.manifests.flatMap((each) => machineOf(each) ?? []);
  throw new UserError(`${what}: has no image for ${machine}, only for ${kinds.join(", ")}; say another version`);
}

const machineOf = ({ platform }: Descriptor): string | undefined =>
  platform === undefined ? undefined : `${platform.os}/${platform.architecture}`;

/**
 * Copies an image, or an index with all that is in it, byte by byte: the digests stay. What the other registry has is
 * not sent again, a layer of which the sending was cut off is sent anew. Throws a UserError where one of the two refuses,
 * or stays away.
 * @returns the bytes of what it is made of.
 */
export async function copyImage(from: Place, to: Place, digest: string, patience?: Patience): Promise<number> {
  const manifest = await from.registry.manifest(from.name, digest);
  if (manifest === undefined) {
    throw new UserError(
      `${from.registry.host} has ${from.name}@${digest} no more; --renew takes what its tag names now`,
    );
  }
  const { config, layers, manifests } = manifest.content;
  if (config === undefined && manifests.length === 0) {
    throw new UserError(`${from.name}@${digest} is of a form that no registry takes today; say a newer version`);
  }
  // A layer that is elsewhere (urls) may not be distributed.
  const blobs = [...(config === undefined ? [] : [config]), ...layers].filter(({ urls = [] }) => urls.length === 0);
  await runSideBySide(
    blobs.map((blob) => async () => {
      const send = () => pushBlob(to.registry, to.name, { ...blob, open: () => openBlob(from, blob) });
      await retried(`copying ${blob.digest} of ${from.registry.host}/${from.name}`, send, patience);
      return true;
    }),
    copiers,
  );
  let bytes = blobs.reduce((sum, { size }) => sum + size, 0);
  for (const child of manifests) bytes += await copyImage(from, to, child.digest, patience);
  const send = () => pushManifest(to.registry, to.name, digest, manifest);
  await retried(`copying ${from.registry.host}/${from.name}@${digest}`, send, patience);
  return bytes;
}

async function openBlob({ registry, name }: Place, { digest }: Descriptor): Promise<ReadableStream<Uint8Array>> {
  const signal = AbortSignal.timeout(blobPatience);
  const answer = await registry.ask(`${name}/blobs/${digest}`, { signal });
  if (!answer.ok || answer.body === null) throw refusedBy(registry.host, answer.status, `read ${name}@${digest}`);
  return answer.body;
}

/** Puts a tag on what the registry has; nothing is sent where it is there already. */
export async function tagImage(
  { registry, name }: Place,
  digest: string,
  tag: string,
  patience?: Patience,
): Promise<void> {
  if ((await registry.digestOf(name, tag)) === digest) return;
  const manifest = await registry.manifest(name, digest);
  if (manifest === undefined) throw new UserError(`${registry.host} has lost ${name}@${digest}: run it again`);
  const put = () => pushManifest(registry, name, tag, manifest);
  await retried(`tagging ${registry.host}/${name} as ${tag}`, put, patience);
}

/** Registries of which a question is asked again where a fault ended it. */
export const patientPlaces =
  (open: (image: Pick<Image, "repository">) => Promise<Place>, patience?: Patience): typeof open =>
  async (image) => {
    const { registry, name } = await open(image);
    const ask = <Answer>(reference: string, question: () => Promise<Answer>): Promise<Answer> =>
      retried(`asking for ${name}${reference.startsWith("sha256:") ? "@" : ":"}${reference}`, question, patience);
    return {
      name,
      registry: {
        ...registry,
        manifest: (repository, reference) => ask(reference, () => registry.manifest(repository, reference)),
        digestOf: (repository, reference) => ask(reference, () => registry.digestOf(repository, reference)),
      },
    };
  };
