import { at, entries } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";

/** Objects of a kind, of whatever API group. */
export const ofKind = (resources: readonly Rendered[], kind: string): readonly Rendered[] =>
  resources.filter(({ type }) => type.startsWith("kubernetes:") && type.endsWith(`:${kind}`));

/** True when the labels choose pods of that template. */
export const selects = (labels: unknown, template: unknown): boolean =>
  entries(labels).length > 0 &&
  entries(labels).every(([key, value]) => at(template, "metadata", "labels", key) === value);
