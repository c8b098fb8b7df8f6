/** Names of releases of an operating system: a tag that begins with one says nothing of the product's version. */
const SYSTEMS =
  /^(alpine|debian|ubuntu|slim|bookworm|bullseye|buster|trixie|jammy|focal|noble|perl|otel|distroless|scratch|nonroot|windowsservercore|nanoserver)([-.\d].*)?$/;

/**
 * Why an image's reference can mean another image tomorrow; undefined where it cannot, as far as a name can tell. A
 * digest never moves. A tag is taken for a version if it has a digit that is not only its operating system's.
 */
export function moving(image: string): string | undefined {
  if (/@sha\d+:[0-9a-f]{32,}$/.test(image)) return undefined;
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  if (tag === undefined) return "has no tag, which means latest";
  if (SYSTEMS.test(tag)) return `tag ${tag} names an operating system and no version`;
  return /\d/.test(tag) || /^[0-9a-f]{7,40}$/.test(tag) ? undefined : `tag ${tag} moves from release to release`;
}
