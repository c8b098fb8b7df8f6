import type { Problem } from "../../check.ts";
import { list, number, object, type Properties } from "../../value.ts";
import { asText } from "./values.ts";

/** What a daemon can, by the version of its API. */
export interface DaemonFeatures {
  readonly apiVersion: string;
  /** A health check's own interval while the container starts. */
  readonly startInterval: boolean;
  /** A mount of a part of a volume. */
  readonly volumeSubpath: boolean;
  /** Which of several networks is the way out. */
  readonly gatewayPriority: boolean;
}

/** https://docs.docker.com/reference/api/engine/version-history/ */
export function featuresOf(apiVersion: string): DaemonFeatures {
  const [major = 0, minor = 0] = apiVersion.split(".").map(Number);
  const since = (wanted: number): boolean => major > 1 || (major === 1 && minor >= wanted);
  return { apiVersion, startInterval: since(44), volumeSubpath: since(45), gatewayPriority: since(48) };
}

/** Wishes that change what a container does, and that the daemon is too old to keep. */
export function tooNewFor(features: DaemonFeatures, inputs: Properties): readonly Problem[] {
  const needs = (api: string): string => `needs a daemon with API ${api}; this one has ${features.apiVersion}`;
  return [
    ...list(inputs.mounts).flatMap((mount, index) =>
      asText(object(object(mount).volumeOptions).subpath) === undefined || features.volumeSubpath
        ? []
        : [{ property: `mounts[${index}].volumeOptions.subpath`, reason: needs("1.45") }],
    ),
    ...list(inputs.networksAdvanced).flatMap((network, index) =>
      number(object(network).gwPriority) === undefined || features.gatewayPriority
        ? []
        : [{ property: `networksAdvanced[${index}].gwPriority`, reason: needs("1.48") }],
    ),
  ];
}
