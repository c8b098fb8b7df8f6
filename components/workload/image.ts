import { ensure } from "./problem.ts";

/** A container image, pinned: which repository, which version, and the digest where it is known. */
export interface Image {
  /** With its registry, as `docker.io/prom/prometheus` or `ghcr.io/example/backend`. */
  readonly repository: string;
  /** A tag that is never moved. */
  readonly version: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest?: string;
}

/** Tags that their owners move: what runs would depend on when it was pulled, and there is nothing to roll back to. */
const movingTags =
  /^(?:latest|stable|mainline|edge|nightly|dev|main|master|alpine|slim|bookworm|\d+(?:-(?:alpine|slim))?)$/;

export const isMovingTag = (tag: string): boolean => tag === "" || movingTags.test(tag);

/** Refuses a moving tag, a repository without registry, and a digest that is none. */
export function image(value: Image): Image {
  const { repository, version, digest } = value;
  ensure(
    /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+$/.test(repository),
    `image: repository "${repository}" must be registry/path in lower case, as ghcr.io/example/backend`,
  );
  ensure(
    !isMovingTag(version),
    `image: version "${version}" of ${repository} moves; pin a full version, as 1.28.0-alpine`,
  );
  ensure(/^[\w][\w.-]{0,127}$/.test(version), `image: version "${version}" of ${repository} is not a tag`);
  ensure(
    digest === undefined || /^sha256:[0-9a-f]{64}$/.test(digest),
    `image: digest "${digest}" of ${repository} must be sha256: and 64 hex digits`,
  );
  return value;
}

/** What a container runtime pulls: `repository:version@digest`, the digest where known. */
export function imageReference({ repository, version, digest }: Image): string {
  return digest === undefined ? `${repository}:${version}` : `${repository}:${version}@${digest}`;
}

/** Where a stack has third-party images from: neither is said where it has them from their makers. */
export interface ImageOrigin {
  /** Takes the place of every image's registry. */
  readonly registry?: string;
  /** Holds copies, which `./platform images mirror` makes. */
  readonly mirror?: string;
  /** Digests of the copies, by the maker's own reference: a copy of another version is never taken for it. */
  readonly mirrored?: Readonly<Record<string, string>>;
}

/** A third-party image where the stack has it from; by digest as soon as it was copied there. */
export function fromOrigin(original: Image, { registry, mirror, mirrored = {} }: ImageOrigin): Image {
  const place = registry ?? mirror;
  if (place === undefined) return original;
  const reference = imageReference(original);
  const digest = Object.hasOwn(mirrored, reference) ? mirrored[reference] : undefined;
  return inRegistry(digest === undefined ? original : { ...original, digest }, place);
}

/** The same image in a mirror: the registry's host is replaced, the path stays (`docker.io/prom/x` → `mirror.example/prom/x`). */
export function inRegistry(value: Image, registry: string): Image {
  const path = value.repository.slice(value.repository.indexOf("/") + 1);
  return image({ ...value, repository: `${registry}/${path}` });
}
