import { posix } from "node:path";
import type { SecretName, WorkloadSpec } from "../../workload/index.ts";

/** A file of a pod, and what brings it. */
export interface MountedFile {
  readonly path: string;
  readonly from: "configMap" | "secret" | "live" | "agent";
}

export type Filed = Pick<WorkloadSpec, "files" | "secretFiles" | "agent" | "image">;

/** How a pod's files are mounted: with the folder that they are in, or each alone (`subPath`). */
export interface Places {
  readonly inFolders: readonly MountedFile[];
  readonly alone: readonly MountedFile[];
}

/**
 * A mounted folder hides what the image has there, and is of one volume: a file is mounted alone where the image may have
 * something, and where an agent's files and others would share the folder or one of the two lie in the other's. What lies
 * below a mounted folder comes with it: nothing can be mounted into a read-only folder.
 */
export function placesOf(spec: Filed): Places {
  const files = filesOf(spec);
  const mounted = files.filter(
    (file) =>
      !isSharedWithImage(folderOf(file), spec.image) &&
      !files.some((other) => isAgents(other) !== isAgents(file) && meet(folderOf(file), folderOf(other))),
  );
  const isInFolder = (file: MountedFile): boolean =>
    mounted.some((other) => isAgents(other) === isAgents(file) && isBelow(file.path, folderOf(other)));
  return { inFolders: files.filter(isInFolder), alone: files.filter((file) => !isInFolder(file)) };
}

const folderOf = ({ path }: MountedFile): string => posix.dirname(path);

export const isAgents = ({ from }: MountedFile): boolean => from === "agent";

/**
 * Files that change while the pod runs, and would not: one that is mounted alone stays as it was when the container started.
 */
export function stuckFiles(spec: Filed): readonly { readonly path: string; readonly secret: SecretName }[] {
  const alone = new Set(placesOf(spec).alone.map(({ path }) => path));
  return [...spec.secretFiles, ...(spec.agent?.files ?? [])].filter(
    ({ path, live }) => live === true && alone.has(path),
  );
}

const filesOf = ({ files, secretFiles, agent }: Filed): readonly MountedFile[] => [
  ...files.map(({ path }) => ({ path, from: "configMap" as const })),
  ...secretFiles.map(({ path, live }) => ({ path, from: live === true ? ("live" as const) : ("secret" as const) })),
  ...(agent?.files ?? []).map(({ path }) => ({ path, from: "agent" as const })),
];

/** A system folder (`/etc`), or one that bears the product's name (`/etc/nginx` of nginx). */
function isSharedWithImage(folder: string, { repository }: WorkloadSpec["image"]): boolean {
  const segments = folder.split("/").slice(1);
  return segments.length < 2 || segments.includes(posix.basename(repository));
}

/** The folders of files; one below another is part of that one's mount. */
export function outermostFolders(files: readonly MountedFile[]): readonly string[] {
  const folders = [...new Set(files.map(folderOf))];
  return folders.filter((folder) => !folders.some((other) => isBelow(folder, other)));
}

export const isBelow = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);

const meet = (one: string, other: string): boolean => one === other || isBelow(one, other) || isBelow(other, one);
