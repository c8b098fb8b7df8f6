import { askGit } from "./git.ts";

/** An annotated tag that names a release. */
export interface ReleaseTag {
  /** `v1.4.0` */
  readonly name: string;
  readonly commit: string;
}

/** The release tags of a checkout; none where there is no git. */
export async function releaseTags(checkout: string, ...more: readonly string[]): Promise<readonly ReleaseTag[]> {
  const format = "--format=%(refname:short) %(*objectname)";
  const listed = await askGit(checkout, "for-each-ref", format, ...more, "refs/tags/v*");
  return (listed ?? "").split("\n").flatMap((line) => {
    const [name = "", commit = ""] = line.split(" ");
    // One that is not annotated names nobody and no images.
    return commit === "" ? [] : [{ name, commit }];
  });
}

/** The tag of a commit; undefined for none. */
export const tagOf = (tags: readonly ReleaseTag[], commit: string | undefined): string | undefined =>
  tags.find((tag) => tag.commit === commit)?.name;
