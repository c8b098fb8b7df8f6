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

/** An upload has its content from exactly one place, in the form that the place has. */
function uploads(inputs: Properties): readonly Problem[] {
  return list(inputs.uploads).flatMap((it, index) => {
    const upload = object(it);
    const property = `uploads[${index}]`;
    const given = ["content", "contentBase64", "source"].filter((key) => upload[key] !== undefined);
    const reason = `has ${given.length === 0 ? "none" : "more than one"} of content, contentBase64, source; set exactly one`;
    return [...(given.length === 1 ? [] : [{ property, reason }]), ...uploadForm(upload, property)];
  });
}

/** The content is not repeated: it may be a secret. */
function uploadForm({ contentBase64, permissions }: Properties, property: string): readonly Problem[] {
  const [encoded, mode] = [text(contentBase64), text(permissions)];
  const isBase64 =
    encoded === undefined || /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(encoded);
  const isMode = mode === undefined || /^0[0-7]{3}$/.test(mode);
  return [
    ...(isBase64 ? [] : [{ property: `${property}.contentBase64`, reason: "is not Base64; encode the content" }]),
    ...(isMode ? [] : [{ property: `${property}.permissions`, reason: `is "${mode}"; must be like "0640"` }]),
  ];
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
