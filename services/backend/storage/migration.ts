/** One step of the schema. Once released it is never changed: the next one is added. */
export type Migration = Step & (Change | Indexes);

interface Step {
  /** Counts from 1, without gaps. */
  readonly version: number;
  readonly name: string;
  /**
   * The oldest release that can run on what it leaves, named by its newest migration: an older one refuses to start. Its
   * own version where no earlier release can.
   */
  readonly safeSince: number;
}

interface Change {
  /** Statements of one transaction. */
  readonly sql: string;
}

interface Indexes {
  /** Built while rows are written, which `create index` would hold up: 1.8 s for 400,000 orders. */
  readonly indexes: readonly Index[];
}

export interface Index {
  readonly name: string;
  /** As `orders (created_at desc)`. */
  readonly on: string;
}
