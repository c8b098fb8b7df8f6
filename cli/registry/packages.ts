import { z } from "zod";
import { UserError } from "../console/error.ts";
import { allPages, askGitHub, type GitHubAccess, type GitHubAnswer, messageOf } from "./github.ts";

/** https://docs.github.com/en/rest/packages/packages#list-package-versions-for-a-package-owned-by-an-organization */
const versionSchema = z.object({
  id: z.int(),
  /** The digest. */
  name: z.string(),
  created_at: z.iso.datetime({ offset: true }),
  metadata: z.object({ container: z.object({ tags: z.array(z.string()) }) }),
});

/** What the API calls a version: a manifest that somebody has pushed. */
export interface PackageVersion {
  readonly id: number;
  readonly digest: string;
  readonly tags: readonly string[];
  /** Milliseconds since 1970. */
  readonly pushedAt: number;
}

/** The packages of one owner. */
export interface Packages {
  /** Every version of a package, read until two readings agree: somebody may push meanwhile. */
  versions(name: string): Promise<readonly PackageVersion[]>;
  /** One version as it is now; undefined: it is gone. */
  version(name: string, id: number): Promise<PackageVersion | undefined>;
  /** Deletes it; answers GitHub's words where it never deletes that one, else nothing. */
  remove(name: string, id: number): Promise<string | undefined>;
}

const mostReadings = 4;

/** Throws a UserError: there is no such owner, the token is refused. */
export async function openPackages(access: GitHubAccess, owner: string): Promise<Packages> {
  const answer = await askGitHub(access, "GET", `/users/${encodeURIComponent(owner)}`);
  if (answer.status === 404) throw new UserError(`GitHub knows no user or organization ${owner}`);
  if (answer.status !== 200) throw refused(answer, `read who ${owner} is`);
  const { type } = z.object({ type: z.string() }).parse(JSON.parse(answer.body));
  const base = `/${type === "Organization" ? "orgs" : "users"}/${encodeURIComponent(owner)}/packages/container`;
  const versionsOf = (name: string): string => `${base}/${encodeURIComponent(name)}/versions`;
  const read = async (name: string): Promise<readonly PackageVersion[]> => {
    const path = `${versionsOf(name)}?per_page=100&state=active`;
    return (await allPages(access, path, (bad) => refused(bad, `read the package ${owner}/${name}`))).map(toVersion);
  };
  const version = async (name: string, id: number): Promise<PackageVersion | undefined> => {
    const found = await askGitHub(access, "GET", `${versionsOf(name)}/${id}`);
    if (found.status === 404) return undefined;
    if (found.status !== 200) throw refused(found, `read the package ${owner}/${name}`);
    return toVersion(JSON.parse(found.body));
  };
  return {
    versions: (name) => readTwice(() => read(name), `${owner}/${name}`),
    version,
    remove: async (name, id) => {
      const deleted = await askGitHub(access, "DELETE", `${versionsOf(name)}/${id}`);
      if (deleted.status === 204) return undefined;
      // Also said to whom may see it and not delete it.
      if (deleted.status === 404 && (await version(name, id)) === undefined) return undefined;
      // The last tagged version, and public ones that were pulled more than 5,000 times.
      if (deleted.status === 400 || deleted.status === 422) return messageOf(deleted);
      throw refused(deleted, `delete images of the package ${owner}/${name}`);
    },
  };
}

/**
 * Pages shift when another deletes: a version that no page shows would look as if it were not there, and what it holds
 * as if nothing held it.
 */
async function readTwice(
  read: () => Promise<readonly PackageVersion[]>,
  name: string,
): Promise<readonly PackageVersion[]> {
  let before = await read();
  for (let reading = 2; reading <= mostReadings; reading++) {
    const again = await read();
    if (JSON.stringify(again) === JSON.stringify(before)) return again;
    before = again;
  }
  throw new UserError(`${name} changes while it is read: run it again when nobody pushes or deletes images`);
}

function toVersion(raw: unknown): PackageVersion {
  const { id, name, created_at, metadata } = versionSchema.parse(raw);
  return { id, digest: name, tags: metadata.container.tags, pushedAt: Date.parse(created_at) };
}

function refused(answer: GitHubAnswer, what: string): UserError {
  const said = `${answer.status}${messageOf(answer) === "" ? "" : ` ${messageOf(answer)}`}`;
  const ways: Readonly<Record<number, string>> = {
    401: "the token in GITHUB_TOKEN is wrong or has ended: set another",
    403: "the token in GITHUB_TOKEN may not: a job needs `packages: write` and the role Admin in the package's settings (Manage Actions access), a person a classic token with read:packages and delete:packages",
    404: "there is none, or the token in GITHUB_TOKEN may not see it: it needs read:packages, a job `packages: write`",
  };
  return new UserError(`GitHub does not let us ${what} (${said}): ${ways[answer.status] ?? "try again later"}`);
}
