/** What a stack is made to run: the application's images, by version and where known by digest. */
export interface ReleasedImages {
  readonly version: string;
  /** By service (`backend`, `probe` …): `sha256:` and 64 hex digits; none where only the daemon that built it has the image. */
  readonly images: Readonly<Record<string, string>>;
}

/** A release that a stack runs, or ran: one entry of its record. */
export interface Release extends ReleasedImages {
  /** The checkout that deployed it; undefined where files differed from their commit. */
  readonly commit?: string;
  /** Newest migration of the database that it brings along; 0 for none. */
  readonly migration: number;
  /** ISO 8601. */
  readonly since: string;
  /** Who made it run. */
  readonly by: string;
}

/** The record of a stack, newest first: the first one runs. A release that was gone back to is in it twice. */
export type Releases = readonly Release[];

/** The record when one more runs; older ones leave when more than `keep` versions would be in it. */
export function withRelease(releases: Releases, release: Release, keep: number): Releases {
  const all = [release, ...releases];
  const kept = new Set([...new Set(all.map(({ version }) => version))].slice(0, keep));
  return all.filter(({ version }) => kept.has(version));
}

/**
 * The release before the one that runs: what ran until that was first deployed. So a second rollback goes further back,
 * and not to what the first one left.
 */
export function previousRelease(releases: Releases): Release | undefined {
  const version = releases[0]?.version;
  const first = releases.findLastIndex((release) => release.version === version);
  return releases[first + 1];
}

/** What ran before these images, of a record that may say already that they run: their marks alone may be wanting still. */
export const ranBefore = (releases: Releases, { version, images }: ReleasedImages): Release | undefined =>
  releases.find(
    (release) =>
      release.version !== version ||
      Object.entries(images).some(([service, digest]) => release.images[service] !== digest),
  );

/** The newest migration that was ever brought to the stack's database: going back takes none away. */
export const migratedTo = (releases: Releases): number => Math.max(0, ...releases.map(({ migration }) => migration));

/** A step of the database's schema; {@link safeSince} as in services/backend/storage/migration.ts. */
export interface SchemaStep {
  readonly version: number;
  readonly name: string;
  /** The oldest release that can run on what it leaves, named by its newest migration. */
  readonly safeSince: number;
}

/** Of the steps that the database has taken, those on whose result a release cannot run. */
export const contractingSteps = (
  steps: readonly SchemaStep[],
  taken: number,
  { migration }: Pick<Release, "migration">,
): readonly SchemaStep[] =>
  steps.filter(({ version, safeSince }) => version > migration && version <= taken && safeSince > migration);
