import type Docker from "dockerode";
import { list, number, object, type Properties, type Value } from "../../value.ts";
import { asFlag, asLabels, asText, asTextMap } from "./values.ts";

/** `name-or-host-path:path:rw`, with what else the mount is told. */
export function binds(volumes: Value | undefined): string[] {
  return list(volumes)
    .map(object)
    .flatMap((volume) => {
      const source = asText(volume.hostPath) || asText(volume.volumeName);
      if (!source) return [];
      const mode = [asFlag(volume.readOnly) ? "ro" : "rw", asText(volume.selinuxRelabel)].filter(Boolean).join(",");
      return [`${source}:${asText(volume.containerPath)}:${mode}`];
    });
}

/** Containers whose volumes this one shares. */
export const volumesFrom = (volumes: Value | undefined): string[] =>
  list(volumes).flatMap((it) => asText(object(it).fromContainer) || []);

/** Every path that a volume is mounted on; one without a source gets a volume of its own. */
export const mountPoints = (volumes: Value | undefined): Record<string, Record<string, never>> =>
  Object.fromEntries(
    list(volumes)
      .flatMap((it) => asText(object(it).containerPath) || [])
      .map((path) => [path, {}]),
  );

export const mounts = (value: Value | undefined): Docker.MountSettings[] => list(value).map((it) => mount(object(it)));

function mount(given: Properties): Docker.MountSettings {
  const base = {
    Target: asText(given.target) ?? "",
    Source: asText(given.source) ?? "",
    ReadOnly: asFlag(given.readOnly),
  };
  switch (asText(given.type)) {
    case "bind": {
      const propagation = propagations.find((it) => it === asText(object(given.bindOptions).propagation));
      return { ...base, Type: "bind", ...(propagation && { BindOptions: { Propagation: propagation } }) };
    }
    case "tmpfs": {
      const { sizeBytes, mode } = object(given.tmpfsOptions);
      return { ...base, Type: "tmpfs", TmpfsOptions: { SizeBytes: number(sizeBytes) ?? 0, Mode: number(mode) ?? 0 } };
    }
    default:
      return { ...base, Type: "volume", VolumeOptions: volumeOptions(object(given.volumeOptions)) };
  }
}

const propagations = ["private", "rprivate", "shared", "rshared", "slave", "rslave"] as const;

function volumeOptions({ noCopy, labels, driverName, driverOptions, subpath }: Properties) {
  const path = asText(subpath);
  return {
    NoCopy: asFlag(noCopy) ?? false,
    Labels: asLabels(labels) ?? {},
    DriverConfig: { Name: asText(driverName) ?? "", Options: asTextMap(driverOptions) ?? {} },
    ...(path === undefined ? {} : { Subpath: path }),
  };
}
