/** One step of the schema. Once released it is never changed: the next one is added. */
export interface Migration {
  /** Counts from 1, without gaps. */
  readonly version: number;
  readonly name: string;
  /**
   * The oldest release that can run on what it leaves, named by its newest migration: an older one refuses to start. Its
   * own version where no earlier release can.
   */
  readonly safeSince: number;
  readonly sql: string;
}
