import type { Properties } from "./value.ts";

/** Resources of a stand-in that are really somewhere, where other things than the update can happen to them. */
export interface Elsewhere {
  /** Makes or changes one there, and waits for it as the real provider does; rejects where that one fails. */
  settle(type: string, before: Properties | undefined, inputs: Properties): Promise<void>;
  /** What there is now in place of what is recorded; undefined for a type that is nowhere else. */
  read(type: string, state: Properties): Promise<Properties | undefined>;
}
