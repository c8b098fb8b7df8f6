import { at, entries, list, text } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import { type HeldSecret, type Observed, type ObservedVolume, sorted } from "../observed.ts";

export interface Mount {
  readonly path: string;
  readonly readOnly: boolean;
  readonly hostPath: string | undefined;
  readonly volume: Rendered | undefined;
}

export function mountsOf({ inputs }: Rendered, resources: readonly Rendered[]): readonly Mount[] {
  const volumes = resources.filter(({ type }) => type === "docker:index/volume:Volume");
  return list(inputs.volumes).map((mount) => ({
    path: text(at(mount, "containerPath")) ?? "",
    readOnly: at(mount, "readOnly") === true,
    hostPath: text(at(mount, "hostPath")),
    volume: volumes.find((one) => one.inputs.name === at(mount, "volumeName")),
  }));
}

type Files = Pick<Observed, "files" | "secretFiles" | "hiddenFolders">;

/** A file is there if it was uploaded below a folder whose volume is mounted at the same path, read-only. */
export function readFiles(own: Rendered, mounts: readonly Mount[], resources: readonly Rendered[]): Files {
  const files: Record<string, string> = {};
  const secretFiles: Record<string, HeldSecret> = {};
  const hidden: string[] = [];
  for (const loader of loadersOf(mounts, resources)) {
    for (const upload of list(loader.inputs.uploads)) {
      const path = text(at(upload, "file")) ?? "";
      const mount = mounts.find(
        ({ volume, readOnly, path: folder }) => volume !== undefined && readOnly && path.startsWith(`${folder}/`),
      );
      if (mount === undefined) continue;
      // Docker copies into a new volume what the image of the first container has at its path.
      if (loader.inputs.image !== own.inputs.image) hidden.push(mount.path);
      const content = text(at(upload, "content"));
      const encoded = text(at(upload, "contentBase64"));
      if (content !== undefined) files[path] = content;
      if (encoded !== undefined) secretFiles[path] = heldSecret(encoded, upload, loader, own);
    }
  }
  return { files, secretFiles, hiddenFolders: sorted(hidden) };
}

/** Readable by the container's group and by nobody else. */
function heldSecret(encoded: string, upload: unknown, { secret }: Rendered, own: Rendered): HeldSecret {
  const group = (text(own.inputs.user) ?? "").split(":")[1];
  const isClosed = at(upload, "permissions") === "0440" && at(upload, "group") === group;
  return {
    text: Buffer.from(encoded, "base64").toString(),
    held: isClosed && secret.includes("uploads") ? "value" : "open",
  };
}

/** Containers that are never started, and write into a volume that is mounted here. */
const loadersOf = (mounts: readonly Mount[], resources: readonly Rendered[]): readonly Rendered[] =>
  resources.filter(
    ({ type, inputs }) =>
      type === "docker:index/container:Container" &&
      inputs.start === false &&
      list(inputs.volumes).some((filled) =>
        mounts.some(
          ({ volume, path }) =>
            volume !== undefined &&
            volume.inputs.name === at(filled, "volumeName") &&
            path === at(filled, "containerPath"),
        ),
      ),
  );

export function readVolumes({ inputs }: Rendered, mounts: readonly Mount[]): Observed["volumes"] {
  const mounted = mounts.flatMap(({ path, hostPath, readOnly, volume }): [string, ObservedVolume][] => {
    if (hostPath !== undefined) return [[path, { kind: "host", hostPath, readOnly }]];
    // What goes with the stack is no data of the workload's.
    return volume?.options.retainOnDelete === true && !readOnly
      ? [[path, { kind: "persistent", sizeGiB: null, sharedGiB: null }]]
      : [];
  });
  const scratch = entries(inputs.tmpfs).map(([path, options]): [string, ObservedVolume] => [
    path,
    { kind: "scratch", sizeMiB: Number(/(?:^|,)size=(\d+)m(?:,|$)/.exec(text(options) ?? "")?.[1]) },
  ]);
  return Object.fromEntries([...mounted, ...scratch]);
}
