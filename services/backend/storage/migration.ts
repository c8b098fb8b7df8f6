/** One step of the schema. Once released it is never changed: the next one is added. */
export interface Migration {
  /** Counts from 1, without gaps. */
  readonly version: number;
  readonly name: string;
  /** Whether the release before the one that brought it can run on what it leaves: else a rollback is refused. */
  readonly previousReleaseRuns: boolean;
  readonly sql: string;
}
