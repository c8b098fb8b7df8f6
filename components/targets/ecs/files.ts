import { createHash } from "node:crypto";
import { posix } from "node:path";
import { isPersistent, type SecretName, type WorkloadSpec } from "../../workload/index.ts";

/** ECS mounts folders: files that lie in or below one folder share a task volume, mounted there. */
export interface FileVolume {
  readonly name: string;
  /** The folder, in the workload's container. */
  readonly path: string;
}

/** A config file in S3. The key holds the content's hash, so a new content is a new key and a new task definition. */
export interface StoredFile {
  readonly key: string;
  readonly content: string;
}

type Files = Pick<WorkloadSpec, "name" | "files" | "secretFiles" | "agent">;
type Prepared = Files & Pick<WorkloadSpec, "volumes" | "user">;

/** The topmost folders of the workload's files; none lies below another. */
export function fileVolumes({ files, secretFiles, agent }: Files): readonly FileVolume[] {
  const all = [...files, ...secretFiles, ...(agent?.files ?? [])];
  const folders = [...new Set(all.map(({ path }) => posix.dirname(path)))].sort();
  return folders
    .filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)))
    .map((path, index) => ({ name: `files-${index}`, path }));
}

/** What must lie in the config bucket for the workload. */
export const storedFiles = (spec: Files): readonly StoredFile[] =>
  spec.files.map((file) => ({ key: keyOf(spec, file), content: file.content }));

const keyOf = ({ name }: Files, { path, content }: { path: string; content: string }): string =>
  `${name}/${createHash("sha256").update(content).digest("hex").slice(0, 16)}/${posix.basename(path)}`;

/** Variables by which the preparation receives the secrets of `secretFiles`. */
export const preparationSecrets = ({ secretFiles }: Files): readonly { name: string; secret: SecretName }[] =>
  secretFiles.map(({ secret }, index) => ({ name: `SECRET_${index}`, secret }));

/** Volumes whose folder must be given to the workload's user: the host makes them root's. */
const ownedVolumes = ({ volumes, user }: Prepared) => (user.kind === "root" ? [] : volumes.filter(isPersistent));

/** True when something must be written before the workload's own container starts. */
export const needsPreparation = (spec: Prepared): boolean =>
  spec.files.length + spec.secretFiles.length + ownedVolumes(spec).length > 0;

/** Where the preparation sees a volume. */
export const preparationPath = (volume: string): string => `/prepare/${volume}`;

/**
 * The shell script that fetches config files, writes secret files (readable by the workload's user alone) and hands
 * over the folders of volumes. It runs as root with the right to give files away, and no other.
 */
export function preparationScript(spec: Prepared, bucket: string): string {
  const owner = spec.user.kind === "root" ? "0:0" : `${spec.user.uid}:${spec.user.gid}`;
  const volumes = fileVolumes(spec);
  const fetched = spec.files.flatMap((file) => {
    const place = placeOf(file.path, volumes);
    return [
      `mkdir -p ${quote(posix.dirname(place))}`,
      `aws s3 cp --only-show-errors ${quote(`s3://${bucket}/${keyOf(spec, file)}`)} ${quote(place)}`,
    ];
  });
  const written = spec.secretFiles.flatMap(({ path, template = "{}" }, index) => {
    const place = placeOf(path, volumes);
    const at = template.indexOf("{}");
    const [before, after] = [template.slice(0, at), template.slice(at + 2)];
    return [
      `mkdir -p ${quote(posix.dirname(place))}`,
      // The file is closed to others before the secret is in it.
      `(umask 077; printf '%s%s%s' ${quote(before)} "$SECRET_${index}" ${quote(after)} > ${quote(place)})`,
      `chmod 0400 ${quote(place)}`,
      `chown ${owner} ${quote(place)}`,
    ];
  });
  const handed = ownedVolumes(spec).map(({ name }) => `chown ${owner} ${preparationPath(name)}`);
  return [...new Set([...fetched, ...written, ...handed])].join("\n");
}

/** Where what runs before the workload writes a file: its volume, and the rest of its path. */
export function placeOf(path: string, volumes: readonly FileVolume[]): string {
  const volume = volumes.find((candidate) => path.startsWith(`${candidate.path}/`));
  if (volume === undefined) throw new RangeError(`file ${path} is in none of the volumes of its workload`);
  return `${preparationPath(volume.name)}${path.slice(volume.path.length)}`;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
