/** A file that is made from the code and checked in. */
export interface Rendered {
  /** Relative to the checkout. */
  readonly path: string;
  readonly render: () => string | Promise<string>;
}
