import type { AlertName } from "../../components/alerts/names.ts";
import type { Settings } from "../../components/settings.ts";
import type { Duration } from "../../components/workload/index.ts";
import type { Place } from "./place.ts";

/** Something that is broken for real, and mended again. */
export interface Fault {
  /** As in "the database is stopped". */
  readonly what: string;
  /** Resolves when it is there. */
  set(place: Place): Promise<void>;
  /** Takes it away, all of it or what is there: it may have been set by a process that is gone. */
  repair(place: Place): Promise<void>;
}

/**
 * One fault and the alert that tells of it. Who is told follows from the alert's route, what must stay silent from the
 * inhibitions, how long it may take from the delay budget.
 */
export interface Drill {
  readonly alert: AlertName;
  readonly fault: Fault;
  /** From when the fault is set until it is as large as the threshold asks; default: at once. */
  onset?(settings: Settings): Duration;
  /** Warnings that the same fault sets off by right. */
  readonly also?: readonly AlertName[];
  /** Runs side by side with others of its kind: what it breaks disturbs none of them. */
  readonly sideBySide?: true;
}
