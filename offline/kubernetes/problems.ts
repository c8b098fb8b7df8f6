import type { Problem } from "../check.ts";
import { isProperties, object, type Properties, reveal, text, unknown, type Value } from "../value.ts";

/** Rules of the API server that the type declarations do not show. */
export function kubernetesProblems(type: string, inputs: Properties): readonly Problem[] {
  return [...nameProblems(type, inputs), ...selectorProblems(inputs)];
}

/** RFC 1123 subdomain; Services are stricter (RFC 1035 label). Roles and bindings only refuse `/` and `%`. */
function nameProblems(type: string, inputs: Properties): readonly Problem[] {
  const name = text(object(inputs.metadata).name);
  if (name === undefined) {
    return [];
  }
  if (type.includes(":rbac.")) {
    return /[/%]/.test(name) ? [problem(`is "${name}"; must not contain "/" or "%"`)] : [];
  }
  if (type === "kubernetes:core/v1:Service") {
    return /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= 63
      ? []
      : [
          problem(
            `is "${name}"; a Service's name has at most 63 lower case letters, digits and "-", and starts with a letter`,
          ),
        ];
  }
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name) && name.length <= 253
    ? []
    : [
        problem(
          `is "${name}"; a name has lower case letters, digits, "-" and ".", and starts and ends with a letter or digit`,
        ),
      ];
}

function problem(reason: string): Problem {
  return { property: "metadata.name", reason };
}

/** A controller's selector must match the labels of its own pods. */
function selectorProblems(inputs: Properties): readonly Problem[] {
  const spec = object(inputs.spec);
  const template = object(spec.template);
  const wanted = object(object(spec.selector).matchLabels);
  const labels = reveal(object(template.metadata).labels ?? {});
  if (spec.template === undefined || !isProperties(labels)) {
    return [];
  }
  const missing = Object.entries(wanted).filter(([key, value]) => differs(value, labels[key]));
  return missing.length === 0
    ? []
    : [
        {
          property: "spec.selector.matchLabels",
          reason: `does not match spec.template.metadata.labels in ${missing.map(([key]) => `"${key}"`).join(", ")}`,
        },
      ];
}

function differs(wanted: Value, actual: Value | undefined): boolean {
  return reveal(wanted) !== unknown && reveal(actual ?? null) !== unknown && text(wanted) !== text(actual);
}
