import type { Manifest } from "../registry/distribution.ts";
import { pushManifest } from "../registry/push.ts";
import { type InputsRequest, inputsOf } from "./inputs.ts";
import type { Verdict } from "./signature.ts";

/**
 * The annotation of an image's index that names what it is made of ({@link inputsOf}). It is a part of the bytes that are
 * signed: nobody can put it on another image.
 */
export const inputsAnnotation = "trading-platform.inputs";

export interface ReuseRequest extends InputsRequest {
  /** Where the image is pushed to, as `ghcr.io/acme/trading/backend`. */
  readonly repository: string;
  /** The tag of the last build of the same branch; the build moves it. */
  readonly last: string;
  /** The tag that the pipeline looks for: the commit. */
  readonly version: string;
  /** Whether somebody who is trusted has signed that image; undefined: nobody asks. */
  readonly signed?: (reference: string) => Promise<Verdict>;
  readonly say: (line: string) => void;
}

export interface Reused {
  readonly inputs: string;
  /** Of the image that is used again; undefined where one must be built. */
  readonly digest?: string;
}

/**
 * Gives the last build's image the tag of this version too, where it was made of the same: it keeps its digest, and with it
 * signature, SBOM and provenance. Only the last build is asked, not every one that there was: what is released later is
 * never an older image, by which registries count what to keep. Throws a UserError where the inputs cannot be told, or a
 * registry refuses.
 */
export async function reuseImage(request: ReuseRequest): Promise<Reused> {
  const { dockerfile, repository, last, version, open, signed, say } = request;
  const inputs = await inputsOf(request);
  const { registry, name } = await open({ repository });
  const manifest = await registry.manifest(name, last);
  const problem = whyNot(manifest, inputs, last) ?? (await unsigned(manifest, repository, signed));
  if (manifest === undefined || problem !== undefined) {
    say(`${dockerfile}: to be built: ${problem}`);
    return { inputs };
  }
  await pushManifest(registry, name, version, manifest);
  say(`${dockerfile}: nothing to build: ${last} is made of the same; it is ${version} too, ${manifest.digest}`);
  return { inputs, digest: manifest.digest };
}

function whyNot(manifest: Manifest | undefined, inputs: string, last: string): string | undefined {
  if (manifest === undefined) return `there is no ${last} yet`;
  const { [inputsAnnotation]: made } = manifest.content.annotations;
  if (made === undefined) return `${last} does not say what it is made of`;
  return made === inputs ? undefined : `${last} is made of something else`;
}

async function unsigned(
  manifest: Manifest | undefined,
  repository: string,
  signed: ReuseRequest["signed"],
): Promise<string | undefined> {
  if (manifest === undefined || signed === undefined) return undefined;
  const verdict = await signed(`${repository}@${manifest.digest}`);
  return verdict.kind === "signed" ? undefined : `${manifest.digest} is not signed as it should be: ${verdict.why}`;
}
