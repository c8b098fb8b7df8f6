import { isResource } from "../collect.ts";
import type { Change, RunResult } from "../result.ts";
import { propertyLine } from "./tree.ts";

/** In the order in which a reviewer worries. */
const shown: readonly (readonly [Change, string, string])[] = [
  ["delete", "-", "removed"],
  ["replace", "±", "replaced"],
  ["update", "~", "changed"],
  ["create", "+", "added"],
];

/** What a run changes: numbers first, then each resource with its properties and which of them forces a replacement. */
export function changeLines(result: RunResult): readonly string[] {
  const { stack, changes, steps } = result;
  const numbers = shown.map(([change, , word]) => `${changes[change]} ${word}`).join(", ");
  const lines = shown.flatMap(([change, sign]) =>
    steps
      .filter((step) => step.change === change && isResource(step))
      .flatMap(({ name, type, properties }) => [
        `  ${sign} ${name}  ${type}`,
        ...properties.map((property) => `        ${propertyLine(property)}`),
      ]),
  );
  return [`${stack}: ${numbers}, ${changes.same} unchanged`, ...lines];
}
