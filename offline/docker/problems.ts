import type { Problem } from "../check.ts";
import { list, object, type Properties, text } from "../value.ts";

/** The validators of resource_docker_container.go that the type declarations do not show. */
export function dockerProblems(type: string, inputs: Properties): readonly Problem[] {
  return type === "docker:index/container:Container"
    ? [...durations(object(inputs.healthcheck)), ...uploads(inputs), ...hostPaths(inputs), ...networks(inputs)]
    : [];
}

/** Go durations: `10s`, `1m30s`. */
const duration = /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/;

function durations(healthcheck: Properties): readonly Problem[] {
  return ["interval", "timeout", "startPeriod", "startInterval"].flatMap((key) => {
    const value = text(healthcheck[key]);
    const wrong = value !== undefined && value !== "0" && !duration.test(value);
    return wrong
      ? [{ property: `healthcheck.${key}`, reason: `is "${value}"; must be a duration such as "10s" or "1m30s"` }]
      : [];
  });
}

/** An upload has its content from exactly one place; a missing one fails the creation. */
function uploads(inputs: Properties): readonly Problem[] {
  return list(inputs.uploads).flatMap((it, index) => {
    const given = ["content", "contentBase64", "source"].filter((key) => object(it)[key] !== undefined);
    const reason = `has ${given.length === 0 ? "none" : "more than one"} of content, contentBase64, source; set exactly one`;
    return given.length === 1 ? [] : [{ property: `uploads[${index}]`, reason }];
  });
}

function hostPaths(inputs: Properties): readonly Problem[] {
  return list(inputs.volumes).flatMap((it, index) => {
    const path = text(object(it).hostPath);
    const wrong = path !== undefined && path !== "" && !/^([A-Za-z]:)?[/\\]/.test(path);
    return wrong ? [{ property: `volumes[${index}].hostPath`, reason: `is "${path}"; must be an absolute path` }] : [];
  });
}

/** The daemon refuses both at once. */
function networks(inputs: Properties): readonly Problem[] {
  const mode = text(inputs.networkMode) ?? "";
  const exclusive = mode === "host" || mode === "none" || mode.startsWith("container:");
  return exclusive && list(inputs.networksAdvanced).length > 0
    ? [{ property: "networkMode", reason: `is "${mode}", which excludes networksAdvanced; remove one of them` }]
    : [];
}
