import { z } from "zod";
import { durationPattern, formatDuration, isMovingTag, parseDuration, seconds } from "../components/workload/index.ts";

/** Kinds of values in a stack file. Each takes what it is for, and says in every message what it must be. */

const described = <S extends z.ZodType>(schema: S, what: string, allowed: string): S =>
  schema.meta({ description: what, allowed });

/** A whole number; `unit` follows it in messages, as `GiB`. */
export function whole(what: string, minimum: number, maximum: number, unit = ""): z.ZodInt {
  const allowed = `a whole number from ${minimum} to ${maximum}${unit === "" ? "" : ` ${unit}`}`;
  const error = `must be ${allowed}`;
  return described(z.int({ error }).min(minimum, { error }).max(maximum, { error }), what, allowed);
}

/** A share to compare with: nothing is above all of it, or below none. */
export function percent(what: string): z.ZodNumber {
  const allowed = "a number above 0 and below 100, in percent";
  const error = `must be ${allowed}`;
  return described(z.number({ error }).gt(0, { error }).lt(100, { error }), what, allowed);
}

export function flag(what: string): z.ZodBoolean {
  return described(z.boolean({ error: "must be true or false" }), what, "true or false");
}

export function choice<const T extends readonly [string, ...string[]]>(what: string, values: T) {
  const allowed = `one of ${values.join(", ")}`;
  return described(z.enum(values, { error: `must be ${allowed}` }), what, allowed);
}

/** Text of a form; `allowed` describes it with an example. */
export function text(what: string, pattern: RegExp, allowed: string): z.ZodString {
  const error = `must be ${allowed}`;
  return described(z.string({ error }).regex(pattern, { error }), what, allowed);
}

/** A list of members' names. */
export function names(what: string, example: string) {
  const allowed = `a list of names, as [${example}]`;
  const error = `must be ${allowed}`;
  return described(z.array(z.string({ error }), { error }).readonly(), what, allowed);
}

/** A length of time, written `30s`, `1m30s`, `15d`; bounds in the same form. */
export function duration(what: string, minimum: string, maximum: string) {
  const [shortest, longest] = [parseDuration(minimum), parseDuration(maximum)];
  const range = `${formatDuration(shortest)} to ${formatDuration(longest)}`;
  const allowed = `a time from ${range}, written as 30s, 1m30s, 12h or 15d`;
  const error = `must be ${allowed}`;
  const schema = z
    .string({ error })
    .regex(durationPattern, { error })
    .refine((value) => isWithin(value, shortest.seconds, longest.seconds), { error })
    .transform(parseDuration);
  return described(schema, what, allowed);
}

function isWithin(value: string, from: number, to: number): boolean {
  // A value that is no duration has its message already.
  const { seconds: length } = durationPattern.test(value) ? parseDuration(value) : seconds(from);
  return length >= from && length <= to;
}

/** A version that its publisher does not move. */
export function tag(what: string) {
  const allowed = 'a full version that is never moved, in quotes, as "1.28.0-alpine" (not latest, stable or 1)';
  const error = `must be ${allowed}`;
  const schema = z
    .string({ error })
    .regex(/^\w[\w.-]{0,127}$/, { error })
    .refine((value) => !isMovingTag(value), { error });
  return described(schema, what, allowed);
}

/** What a registry names an image by for good. */
export const digest = (what: string): z.ZodString => text(what, /^sha256:[0-9a-f]{64}$/, "sha256: and 64 hex digits");

/** A path of the application's HTTP interface. */
export const httpPath = (what: string): z.ZodString => text(what, /^\/[\w\-./~]*$/, "a path, as /api/v1/health/ready");

/** A list of paths; what lies below one of them is meant too. */
export function httpPaths(what: string, example: string) {
  const allowed = `a list of paths, as [${example}]`;
  const error = `must be ${allowed}`;
  const path = z.string({ error }).regex(/^(\/[\w\-.~]+)+$/, { error });
  return described(z.array(path, { error }).min(1, { error }).readonly(), what, allowed);
}

/** Several keys under one. Unknown ones are refused. */
export function section<Shape extends z.ZodRawShape>(what: string, shape: Shape) {
  const keys = Object.keys(shape).join(", ");
  return z.strictObject(shape, { error: (issue) => sectionMessage(issue.code, keys) }).meta({ description: what });
}

const sectionMessage = (code: string | undefined, keys: string): string | undefined =>
  code === "invalid_type" ? `must be a section with keys among ${keys}` : undefined;
