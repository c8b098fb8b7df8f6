import { posix } from "node:path";
import { contentHash, type SecretFile, secretFileText, type WorkloadSpec } from "../../workload/index.ts";

/**
 * Name of a workload's ConfigMap: another content is another object, so the pods roll, and those of the release before
 * keep theirs until they are gone. Older ones are not kept: a rollback goes through Pulumi, which makes them again.
 */
export const configMapName = ({ name, files }: Pick<WorkloadSpec, "name" | "files">): string =>
  `${name}-${contentHash(files)}`;

/** Name of a workload's Secret with what changes under its running pods. */
export const liveSecretName = ({ name }: Pick<WorkloadSpec, "name">): string => `${name}-live`;

/** The key of a file in its ConfigMap or Secret, which take letters, digits, `-`, `_` and `.` only. */
export const fileKey = (path: string): string =>
  path
    .slice(1)
    .replaceAll("/", "_")
    .replace(/[^\w.-]/g, "-");

export const configData = ({ files }: Pick<WorkloadSpec, "files">): Record<string, string> =>
  Object.fromEntries(files.map(({ path, content }) => [fileKey(path), content]));

/** One entry of a workload's Secret: which secret it holds, and its text around the value. */
export interface SecretEntry extends Pick<SecretFile, "secret"> {
  readonly key: string;
  text(value: string): string;
}

export const secretEntries = ({
  secretFiles,
  secretVariables,
}: Pick<WorkloadSpec, "secretFiles" | "secretVariables">): readonly SecretEntry[] => [
  ...secretVariables.map(({ name, secret }) => ({ key: name, secret, text: (value: string) => value })),
  ...secretFiles.filter(({ live }) => live !== true).map(fileEntry),
];

/** Those of the Secret that changes under the running pods. */
export const liveEntries = ({ secretFiles }: Pick<WorkloadSpec, "secretFiles">): readonly SecretEntry[] =>
  secretFiles.filter(({ live }) => live === true).map(fileEntry);

const fileEntry = (file: SecretFile): SecretEntry => ({
  key: fileKey(file.path),
  secret: file.secret,
  text: (value) => secretFileText(file, value),
});

/** Names of the objects that hold a pod's files; undefined where it has none of that kind. */
export interface FileSources<SecretName> {
  readonly configMap: string | undefined;
  readonly secret: SecretName | undefined;
  readonly live?: SecretName | undefined;
}

interface MountedFile {
  readonly path: string;
  readonly from: "configMap" | "secret" | "live" | "agent";
}

/** Volume, in the pod's memory, into which the agent writes what Vault holds. */
export const agentVolume = "vault";

/**
 * Volumes and mounts of a pod's files. Files of one folder share one mount, which hides what the image has there; where
 * that may be something, each file is mounted alone (`subPath`). Both are safe from the known trap of `subPath`, a
 * content that never changes: a changed ConfigMap or Secret is another object and other pods.
 */
export function mountedFiles<SecretName>(
  spec: Pick<WorkloadSpec, "files" | "secretFiles" | "agent" | "image">,
  sources: FileSources<SecretName>,
) {
  const files: readonly MountedFile[] = [
    ...spec.files.map(({ path }) => ({ path, from: "configMap" as const })),
    ...spec.secretFiles.map(({ path, live }) => ({
      path,
      from: live === true ? ("live" as const) : ("secret" as const),
    })),
    ...(spec.agent?.files ?? []).map(({ path }) => ({ path, from: "agent" as const })),
  ];
  // What the agent writes is in another volume, and a folder has one mount: its files are mounted alone, too.
  const fetched = new Set(files.filter(({ from }) => from === "agent").map(({ path }) => posix.dirname(path)));
  const shared = (file: MountedFile) =>
    isSharedWithImage(posix.dirname(file.path), spec.image) || fetched.has(posix.dirname(file.path));
  const single = files.filter((file) => shared(file) && file.from !== "agent");
  const grouped = files.filter((file) => !shared(file));
  const folders = outermost(grouped.map((file) => posix.dirname(file.path)));
  const inFolders = folders.map((folder, index) => {
    const own = grouped.filter(({ path }) => path.startsWith(`${folder}/`));
    const name = `files-${index}`;
    return {
      volume: projected(name, own, ({ path }) => posix.relative(folder, path), sources),
      mounts: [{ name, mountPath: folder, readOnly: true }],
    };
  });
  const alone = {
    volume: projected("files", single, ({ path }) => fileKey(path), sources),
    mounts: single.map(({ path }) => ({ name: "files", mountPath: path, subPath: fileKey(path), readOnly: true })),
  };
  const all = single.length === 0 ? inFolders : [...inFolders, alone];
  const agent = files
    .filter(({ from }) => from === "agent")
    .map(({ path }) => ({ name: agentVolume, mountPath: path, subPath: fileKey(path), readOnly: true }));
  return { volumes: all.map(({ volume }) => volume), mounts: [...all.flatMap(({ mounts }) => mounts), ...agent] };
}

/** A system folder (`/etc`), or one that bears the product's name (`/etc/nginx` of nginx). */
function isSharedWithImage(folder: string, { repository }: WorkloadSpec["image"]): boolean {
  const segments = folder.split("/").slice(1);
  return segments.length < 2 || segments.includes(posix.basename(repository));
}

/** A folder below another one of ours is part of that one's mount: nothing can be mounted into a read-only folder. */
const outermost = (folders: readonly string[]): string[] =>
  [...new Set(folders)].filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));

/** Readable by the pod's group, which is the user's own (`fsGroup`), or by root. */
const groupReadable = 0o440;

function projected<SecretName>(
  name: string,
  files: readonly MountedFile[],
  target: (file: MountedFile) => string,
  { configMap, secret, live }: FileSources<SecretName>,
) {
  const items = (from: MountedFile["from"]) =>
    files.filter((file) => file.from === from).map((file) => ({ key: fileKey(file.path), path: target(file) }));
  const [config, secrets, living] = [items("configMap"), items("secret"), items("live")];
  return {
    name,
    projected: {
      defaultMode: groupReadable,
      sources: [
        ...(configMap === undefined || config.length === 0 ? [] : [{ configMap: { name: configMap, items: config } }]),
        ...(secret === undefined || secrets.length === 0 ? [] : [{ secret: { name: secret, items: secrets } }]),
        ...(live === undefined || living.length === 0 ? [] : [{ secret: { name: live, items: living } }]),
      ],
    },
  };
}
