import type { Duration } from "../workload/index.ts";

/** What a series does while a state of the system lasts. */
export type Course =
  /** A counter that grows. */
  | { readonly kind: "counts"; readonly perSecond: number }
  /** A gauge that stays. */
  | { readonly kind: "holds"; readonly value: number }
  /** A gauge that moves from a value. */
  | { readonly kind: "moves"; readonly from: number; readonly perSecond: number }
  /** Its target has vanished: no sample, not even an old one. */
  | { readonly kind: "gone" }
  /** The same, while Prometheus itself was killed: nothing says that it has ended, and its last value counts on for five minutes. */
  | { readonly kind: "forgotten" };

export const counts = (perSecond: number): Course => ({ kind: "counts", perSecond });
export const holds = (value: number): Course => ({ kind: "holds", value });
export const moves = (from: number, perSecond: number): Course => ({ kind: "moves", from, perSecond });
export const gone: Course = { kind: "gone" };
export const forgotten: Course = { kind: "forgotten" };

/** Courses by series, as `up{job="backend",instance="a"}`; of log alerts by stream and line, as `{service="a"} text`, which are counted. */
export type State = Readonly<Record<string, Course>>;

/** An alert as it must arrive: what beside its fixed labels and description is told. */
export interface Told {
  /** Labels that the query returns; one that the alert fixes is repeated where it is a template. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** A state that lasts, and what must be told at its end. */
export interface Case {
  readonly name: string;
  /** What was before, for longer than the alert looks back; default: nothing. */
  readonly earlier?: State;
  readonly state: State;
  /** Default: long enough for the alert to fire. */
  readonly lasts?: Duration;
  readonly tells: readonly Told[];
}

/**
 * What an alert must do, written down beside it and judged by the real promtool. From it come: fires on the fault, not a
 * moment before `for`; stays quiet just within the threshold, on a blip, without traffic, after a restart, without data;
 * resolves.
 */
export interface Behaviour {
  /** Just within the threshold (by a tenth, or by one where it counts). */
  readonly calm: State;
  /** Just beyond it. */
  readonly fault: State;
  /** What is before the fault where its time is taken; default: calm, or nothing before a rate. */
  readonly before?: State;
  /** As bad as a blip can be; default: the fault. */
  readonly outage?: State;
  /** What is around a blip; default: calm. */
  readonly well?: State;
  /** Time from the fault's first sample until the expression sees it; default: none, or two samples of a rate. */
  readonly onset?: Duration;
  /** What the fault tells. */
  readonly tells: readonly Told[];
  /** What is told where no series exists at all; default: nothing. */
  readonly withoutData?: readonly Told[];
  readonly cases?: readonly Case[];
}

/** The same series, but nothing is counted any more: nobody asks for anything. */
export const idle = (state: State): State =>
  Object.fromEntries(
    Object.entries(state).map(([series, course]) => [series, course.kind === "counts" ? counts(0) : course]),
  );

/** `up` of a job's instances, named 0, 1, 2 …; a number stands for a gauge that stays. */
export const up = (job: string, ...values: readonly (number | Course)[]): State =>
  Object.fromEntries(
    values.map((value, index) => [
      `up{job="${job}",instance="${index}"}`,
      typeof value === "number" ? holds(value) : value,
    ]),
  );
