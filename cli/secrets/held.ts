/** What is known of a secret where it is held; never its value. */
export type Held =
  | {
      readonly state: "there" /** When it was set; undefined where nobody wrote it down. */;
      readonly since: Date | undefined;
    }
  | { readonly state: "missing" }
  /** Whoever reads the file has it. */
  | { readonly state: "in plain text" }
  | { readonly state: "not told"; readonly why: string };
