/** How near a stack is to the customers. */
export type Environment = "development" | "staging" | "production";

export const ENVIRONMENTS: readonly Environment[] = ["development", "staging", "production"];

const BY_NAME: ReadonlyMap<string, Environment> = new Map([
  ["dev", "development"],
  ["development", "development"],
  ["stage", "staging"],
  ["staging", "staging"],
  ["prod", "production"],
  ["production", "production"],
]);

/**
 * The environment that a word names, as a stack's name or tag; production where it names none: a rule that is too
 * strict is noticed at once, one that is too lax only when it is needed.
 */
export const environmentNamed = (word: string): Environment => BY_NAME.get(word) ?? "production";

/**
 * What a violation is about. Together with the environment it decides whether the violation blocks or is advice:
 * - `presence`: what must be there is not there at all. Blocks everywhere.
 * - `depth`: it is there, but does not do what it is there for. Advice in development, blocks in staging and production.
 * - `hygiene`: everything else that keeps production safe. Advice in development and staging, blocks in production.
 */
export type Concern = "presence" | "depth" | "hygiene";

const BLOCKS_IN: Readonly<Record<Concern, readonly Environment[]>> = {
  presence: ENVIRONMENTS,
  depth: ["staging", "production"],
  hygiene: ["production"],
};

export const blocksIn = (concern: Concern): readonly Environment[] => BLOCKS_IN[concern];
