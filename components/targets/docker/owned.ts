import { isPersistent, isWorkload, type Member, type WorkloadSpec } from "../../workload/index.ts";
import { type Owned, platformItself } from "../clashes.ts";
import { containerCount } from "./container.ts";
import { fileFolders, fixedFiles, liveFiles } from "./files.ts";
import { agentName, fileVolumeName, liveLoaderName, loaderName, numbered, ownVolumeName } from "./names.ts";
import { egress, serversOf } from "./networks.ts";

/** The container and the volume with the probe binary. */
export const probeName = "probe";

/** Everything on the daemon that is called by the name of a member, and what is there beside it. */
export const owned = (members: readonly Member[]): readonly Owned[] => [
  { kind: "network", name: egress, owner: platformItself },
  ...serversOf(members).map((name) => ({ kind: "network", name, owner: `workload ${name}` })),
  { kind: "container", name: probeName, owner: platformItself },
  { kind: "volume", name: probeName, owner: platformItself },
  ...members.filter(isWorkload).flatMap(ownedBy),
];

function ownedBy(spec: WorkloadSpec): readonly Owned[] {
  const owner = `workload ${spec.name}`;
  const folders = fileFolders(spec);
  const copies = Array.from({ length: containerCount(spec) }, (_, index) => index);
  return [
    ...copies.map((index) => ({
      kind: "container",
      name: numbered(spec.name, index),
      owner: index === 0 ? owner : `replica ${index + 1} of ${owner}`,
    })),
    ...(fileFolders(fixedFiles(spec)).length === 0
      ? []
      : [{ kind: "container", name: loaderName(spec), owner: `the loader of files of ${owner}` }]),
    ...(spec.agent === undefined
      ? []
      : [{ kind: "container", name: agentName(spec), owner: `the agent of Vault beside ${owner}` }]),
    ...(fileFolders(liveFiles(spec)).length === 0
      ? []
      : [{ kind: "container", name: liveLoaderName(spec), owner: `the loader of live files of ${owner}` }]),
    ...copies.flatMap((index) =>
      spec.volumes.filter(isPersistent).map((volume) => ({
        kind: "volume",
        name: ownVolumeName(spec, volume, index),
        owner: `volume "${volume.name}" of ${owner}`,
      })),
    ),
    ...folders.map((folder) => ({
      kind: "volume",
      name: fileVolumeName(spec, folder),
      owner: `the files in ${folder.path} of ${owner}`,
    })),
  ];
}
