import { posix } from "node:path";
import { contentHash, imageReference, type WorkloadSpec } from "../../workload/index.ts";

/** A folder of a container that a volume with the workload's files is mounted on. */
export interface FileFolder {
  readonly path: string;
  /** Last part of names: `etc-prometheus`. */
  readonly slug: string;
}

/** The folders that hold a workload's files; one inside another is part of the outer one. */
export function fileFolders({
  files,
  secretFiles,
  agent,
}: Pick<WorkloadSpec, "files" | "secretFiles" | "agent">): readonly FileFolder[] {
  const parents = [
    ...new Set([...files, ...secretFiles, ...(agent?.files ?? [])].map(({ path }) => posix.dirname(path))),
  ].sort();
  const outer = parents.filter((path) => !parents.some((other) => isInside(path, other)));
  return outer.map((path, index) => {
    const isAlone = outer.every((other) => other === path || slugOf(other) !== slugOf(path));
    return { path, slug: isAlone ? slugOf(path) : `${slugOf(path)}-${index}` };
  });
}

/** The workload with the files alone that are written once, and with which a container is made anew. */
export const fixedFiles = <Spec extends Pick<WorkloadSpec, "secretFiles">>(spec: Spec): Spec => ({
  ...spec,
  secretFiles: spec.secretFiles.filter(({ live }) => live !== true),
});

/** The workload with the files alone that a new value reaches under the running container. */
export const liveFiles = <Spec extends Pick<WorkloadSpec, "secretFiles" | "agent">>({ agent, ...spec }: Spec) => ({
  ...spec,
  files: [],
  secretFiles: spec.secretFiles.filter(({ live }) => live === true),
});

/** Docker's names take letters, digits and few signs: `/etc/a` and `/etc-a` are called the same. */
const slugOf = (path: string): string => path.slice(1).replaceAll(/[^\w.-]+/g, "-");

/** True when `path` lies below `folder`. */
export const isInside = (path: string, folder: string): boolean =>
  path !== folder && path.startsWith(folder === "/" ? "/" : `${folder}/`);

/**
 * Changes when a file does, or the image whose own content lies beside them: then there is a new volume, and the old
 * container keeps the old one until the new is healthy. Values of secrets are no part of it.
 */
export function filesHash({ files, secretFiles, agent, image }: WorkloadSpec): string {
  const secrets = secretFiles.map(({ path, secret, template }) => ({ path, content: `${secret} ${template ?? "{}"}` }));
  const fetched = agent === undefined ? [] : [{ path: "agent", content: JSON.stringify(agent) }];
  return contentHash([{ path: "image", content: imageReference(image) }, ...files, ...secrets, ...fetched]);
}
