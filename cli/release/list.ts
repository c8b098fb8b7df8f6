import type { Release } from "../../components/delivery/releases.ts";
import { readReleases } from "../../stacks/releases.ts";
import { openProject, requireStack } from "../engine/project.ts";
import { releaseTags, tagOf } from "./tags.ts";

/** One line of `./platform releases`; without the release's part for a stack that has none on record. */
export type ReleaseRow = Partial<Release> & {
  readonly stack: string;
  /** False for what ran before. */
  readonly runs: boolean;
  /** Of the commit that was deployed. */
  readonly tag?: string;
};

/** What each stack of a checkout runs; of a named one its whole record, newest first. Throws a UserError for one that is not there. */
export async function listReleases(checkout: string, stack?: string): Promise<readonly ReleaseRow[]> {
  const project = openProject(checkout);
  const stacks = stack === undefined ? project.stacks : [requireStack(project, stack)];
  const tags = await releaseTags(checkout);
  return stacks.flatMap((name): readonly ReleaseRow[] => {
    const releases = readReleases(checkout, name);
    if (releases.length === 0) return [{ stack: name, runs: false }];
    return releases.slice(0, stack === undefined ? 1 : undefined).map((release, place) => {
      const tag = tagOf(tags, release.commit);
      return { stack: name, runs: place === 0, ...release, ...(tag === undefined ? {} : { tag }) };
    });
  });
}
