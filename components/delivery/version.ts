/** A version as semver.org has it, without anything behind it. */
export const versionPattern = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)$/;

const breaking = /^\w+(?:\([^)]*\))?!:|^BREAKING[ -]CHANGE: /m;
const feature = /^feat(?:\([^)]*\))?:/;

/** semver.org, "How should I deal with revisions in the 0.y.z initial development phase?" */
const first = "0.1.0";

/**
 * The version after `last` by the messages of the commits since then (conventionalcommits.org 1.0.0): breaking, feature, or
 * anything else, which is a fix. Before 1.0.0 what breaks counts as a feature.
 * @param last the newest release; undefined for none.
 */
export function nextVersion(last: string | undefined, messages: readonly string[]): string {
  if (last === undefined) return first;
  const [major = 0, minor = 0, patch = 0] = last.split(".").map(Number);
  const breaks = messages.some((message) => breaking.test(message));
  if (breaks && major > 0) return `${major + 1}.0.0`;
  if (breaks || messages.some((message) => feature.test(message))) return `${major}.${minor + 1}.0`;
  return `${major}.${minor}.${patch + 1}`;
}

/** The highest of some versions; undefined for none. */
export const newestVersion = (versions: readonly string[]): string | undefined =>
  versions
    .filter((version) => versionPattern.test(version))
    .toSorted(byNumber)
    .at(-1);

function byNumber(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split(".").map(Number));
  const place = (a ?? []).findIndex((number, index) => number !== b?.[index]);
  return place === -1 ? 0 : (a?.[place] ?? 0) - (b?.[place] ?? 0);
}
