import { posix } from "node:path";
import { contentHash, type SecretFile, secretFileText, type WorkloadSpec } from "../../workload/index.ts";
import { type Filed, isAgents, isBelow, type MountedFile, outermostFolders, placesOf } from "./places.ts";

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

/**
 * Volume, in the pod's memory, into which the agent writes what Vault holds: each file at its own path below the volume's
 * root.
 */
export const agentVolume = "vault";

/**
 * Volumes and mounts of a pod's files. Files of one folder share one mount; what is mounted alone (places.ts) never changes
 * under a running container, which is no trap: a changed ConfigMap or Secret is another object and other pods, and what is to
 * change under them is refused there (problems.ts).
 */
export function mountedFiles<SecretName>(spec: Filed, sources: FileSources<SecretName>) {
  const { inFolders, alone } = placesOf(spec);
  const grouped = inFolders.filter((file) => !isAgents(file));
  const single = alone.filter((file) => !isAgents(file));
  const folders = outermostFolders(grouped).map((folder, index) => {
    const own = grouped.filter(({ path }) => isBelow(path, folder));
    const name = `files-${index}`;
    return {
      volume: projected(name, own, ({ path }) => posix.relative(folder, path), sources),
      mounts: [{ name, mountPath: folder, readOnly: true }],
    };
  });
  const files = {
    volume: projected("files", single, ({ path }) => fileKey(path), sources),
    mounts: single.map(({ path }) => ({ name: "files", mountPath: path, subPath: fileKey(path), readOnly: true })),
  };
  const all = single.length === 0 ? folders : [...folders, files];
  const fetched = [...outermostFolders(inFolders.filter(isAgents)), ...alone.filter(isAgents).map(({ path }) => path)];
  const agent = fetched.map((path) => ({
    name: agentVolume,
    mountPath: path,
    subPath: path.slice(1),
    readOnly: true,
  }));
  return { volumes: all.map(({ volume }) => volume), mounts: [...all.flatMap(({ mounts }) => mounts), ...agent] };
}

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
