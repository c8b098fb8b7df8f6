import { at, list, number, text, texts } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import { type HeldSecret, type Observed, type ObservedVolume, sorted } from "../observed.ts";
import { ofType } from "./resources.ts";
import { type PreparedFile, runPreparation } from "./run-preparation.ts";

export interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly readOnly: boolean;
  readonly hostPath: string | undefined;
}

export const mountsOf = (container: unknown, task: Rendered): readonly Mount[] =>
  list(at(container, "mountPoints")).map((mount) => {
    const volume = text(at(mount, "sourceVolume")) ?? "";
    const declared = list(task.inputs.volumes).find((candidate) => at(candidate, "name") === volume);
    return {
      volume: declared === undefined ? "not declared" : volume,
      path: text(at(mount, "containerPath")) ?? "",
      readOnly: at(mount, "readOnly") === true,
      hostPath: text(at(declared, "hostPath")),
    };
  });

/** What the preparation leaves in the volumes, at the paths where the workload's container sees them. */
export function readFiles(
  before: readonly unknown[],
  mounts: readonly Mount[],
  resources: readonly Rendered[],
  secretOf: (arn: unknown) => HeldSecret,
  owner: string,
): Pick<Observed, "files" | "secretFiles" | "hiddenFolders"> {
  const objects = ofType(resources, "s3/bucketObjectv2:BucketObjectv2");
  const prepared = before.flatMap((container) =>
    texts(at(container, "entryPoint")).join(" ") === "/bin/sh -euc"
      ? runPreparation(container, objects, (arn) => secretOf(arn).text)
      : [],
  );
  const seen = prepared.flatMap((file): [Mount, PreparedFile][] => {
    const mount = mounts.find(({ volume, readOnly }) => volume === file.volume && readOnly);
    return mount === undefined ? [] : [[mount, file]];
  });
  const isSecret = ([, { content }]: [Mount, PreparedFile]) => content.includes("<value of ");
  const pathOf = ({ path }: Mount, file: PreparedFile) => `${path}/${file.path}`;
  return {
    files: Object.fromEntries(
      seen.filter((entry) => !isSecret(entry)).map(([mount, file]) => [pathOf(mount, file), file.content]),
    ),
    secretFiles: Object.fromEntries(
      seen.filter(isSecret).map(([mount, file]) => [pathOf(mount, file), heldFile(file, owner)]),
    ),
    // A task's own volume is empty when it starts.
    hiddenFolders: sorted(seen.map(([{ path }]) => path)),
  };
}

/** Readable by the workload's user and by nobody else. */
const heldFile = ({ content, mode, owner: given }: PreparedFile, owner: string): HeldSecret => ({
  text: content,
  held: mode === "400" && given === owner ? "reference" : "open",
});

/** The monitoring host mounts its EBS volume at /data. */
export function readVolumes(
  own: unknown,
  mounts: readonly Mount[],
  resources: readonly Rendered[],
): Observed["volumes"] {
  const [disk] = ofType(resources, "ebs/volume:Volume");
  const sharedGiB = number(disk?.inputs.size) ?? 0;
  const mounted = mounts.flatMap(({ path, hostPath, readOnly }): [string, ObservedVolume][] => {
    if (hostPath === undefined) return [];
    return hostPath.startsWith("/data/") && !readOnly
      ? [[path, { kind: "persistent", sizeGiB: null, sharedGiB }]]
      : [[path, { kind: "host", hostPath, readOnly }]];
  });
  const scratch = list(at(own, "linuxParameters", "tmpfs")).map((mount): [string, ObservedVolume] => [
    text(at(mount, "containerPath")) ?? "",
    { kind: "scratch", sizeMiB: number(at(mount, "size")) ?? 0 },
  ]);
  return Object.fromEntries([...mounted, ...scratch]);
}
