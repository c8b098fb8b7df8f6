/** A part of a list that is ordered from the newest. */
export interface Page {
  readonly limit: number;
  /** Id of the last entry of the page before. */
  readonly before?: string | undefined;
}
