import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { isPersistent, type PersistentVolume, secretFileText, type WorkloadSpec } from "../../workload/index.ts";
import { agentVariables, agentWorkload, isServed, type Served } from "./agent.ts";
import { containerCount, containerSettings, plainSecrets } from "./container.ts";
import { type FileFolder, fileFolders, filesHash, fixedFiles, liveFiles } from "./files.ts";
import { type Foundation, neverStarted, pulledImage } from "./foundation.ts";
import { needsProbeBinary, probeFolder } from "./health.ts";
import {
  fileVolumeName,
  keptLabel,
  labelsOf,
  liveLoaderName,
  loaderName,
  nameOf,
  numbered,
  ownVolumeName,
} from "./names.ts";
import { egress, membershipsOf } from "./networks.ts";
import { stopsFirst } from "./ports.ts";

/**
 * The Docker provider takes a change of these without a word and does nothing; only a new container has them.
 * `#initerror`: a container that never got healthy is made anew at the next update, instead of passing for a success
 * (pulumi#21458).
 */
const remadeOn = ["healthcheck", "tmpfs", "init", "#initerror"];

/** Makes a workload's containers, each with its volumes, after `startsAfter`. */
export function realizeWorkload(
  spec: WorkloadSpec,
  foundation: Foundation,
  parent: pulumi.Resource,
  startsAfter: Promise<readonly pulumi.Resource[]>,
): void {
  const files = fillFileVolumes(fixedFiles(spec), loaderName(spec), foundation, parent);
  const live = fillFileVolumes(liveFiles(spec), liveLoaderName(spec), foundation, parent);
  for (let index = 0; index < containerCount(spec); index += 1) {
    makeContainer(spec, index, { files, live }, foundation, parent, startsAfter);
  }
}

function makeContainer(
  spec: WorkloadSpec,
  index: number,
  { files, live }: Readonly<Record<"files" | "live", FilledVolumes | undefined>>,
  foundation: Foundation,
  parent: pulumi.Resource,
  startsAfter: Promise<readonly pulumi.Resource[]>,
): void {
  const { section, naming, networks, servers, images, probe, takeBack } = foundation;
  const options = foundation.options(parent);
  const own = spec.volumes.filter(isPersistent).map((volume) => ownVolume(spec, volume, index, foundation, parent));
  const binary = needsProbeBinary(spec) ? probe : undefined;
  const settings = containerSettings(spec, section, naming);
  const memberships = membershipsOf(spec, servers);
  const first = [
    ...own.map(({ volume }) => volume),
    ...[files, live].flatMap((filled) => (filled === undefined ? [] : filled.filledBy)),
    ...(binary === undefined ? [] : [binary.filledBy]),
  ];
  const dependsOn: Promise<pulumi.Resource[]> = startsAfter.then((earlier) => [...earlier, ...first]);
  new docker.Container(
    numbered(spec.name, index),
    {
      ...settings,
      image: pulledImage(images, spec.image),
      envs: environment(spec, foundation),
      // A secret file that changed has made its loader anew, under the same names: the container follows. Of live files
      // the loader alone is new: what it wrote is in the running container.
      labels: [...settings.labels, ...(files === undefined ? [] : [{ label: "files", value: files.loader.id }])],
      volumes: [
        ...own.map(({ mount }) => mount),
        ...(files?.mounts ?? []),
        ...(live?.mounts ?? []),
        ...(binary === undefined ? [] : [{ volumeName: binary.name, containerPath: probeFolder, readOnly: true }]),
        ...hostMounts(spec),
      ],
      ...(memberships.length === 0 ? { networkMode: "none" } : {}),
      networksAdvanced: memberships.flatMap(({ network, aliases }) => {
        const joined = networks.get(network);
        return joined === undefined ? [] : [{ name: joined.id, aliases }];
      }),
    },
    {
      ...options,
      dependsOn,
      // Said explicitly: the provider would delete first, always.
      deleteBeforeReplace: stopsFirst(spec),
      ...(stopsFirst(spec) ? { hooks: { onError: [takeBack] } } : {}),
      replaceOnChanges: remadeOn,
    },
  );
}

function environment({ variables, secretVariables }: WorkloadSpec, { secretValue }: Foundation) {
  return [
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ...secretVariables.map(({ name, secret }) => pulumi.interpolate`${name}=${secretValue(secret)}`),
  ];
}

/** Survives the stack: destroying the data is a decision of its own, `./platform destroy --volumes`. */
function ownVolume(
  spec: WorkloadSpec,
  persistent: PersistentVolume,
  index: number,
  { naming, options }: Foundation,
  parent: pulumi.Resource,
) {
  const part = ownVolumeName(spec, persistent, index);
  const volumeName = nameOf(naming, part);
  const volume = new docker.Volume(
    part,
    { name: volumeName, labels: [...labelsOf(naming, spec.name), { label: keptLabel, value: "true" }] },
    { ...options(parent), retainOnDelete: true },
  );
  return { volume, mount: { volumeName, containerPath: persistent.path } };
}

const hostMounts = ({ volumes }: WorkloadSpec) =>
  volumes.flatMap((volume) =>
    volume.kind === "host"
      ? [{ hostPath: volume.hostPath, containerPath: volume.path, readOnly: volume.readOnly }]
      : [],
  );

/** Volumes that hold a workload's files, and the container through which they were filled. */
interface FilledVolumes {
  readonly loader: docker.Container;
  /** What a container waits for: the loader, and the agent where Vault holds some of the files. */
  readonly filledBy: readonly docker.Container[];
  readonly mounts: readonly { readonly volumeName: string; readonly containerPath: string; readonly readOnly: true }[];
}

/**
 * Puts a workload's files into volumes, through a container that is made and never started: the daemon refuses uploads
 * into a container with a read-only root. It has the workload's own image, so that what the image has in the same
 * folder is there as well (Docker copies it into a volume that is still empty).
 */
function fillFileVolumes(
  spec: WorkloadSpec,
  loaderOf: string,
  foundation: Foundation,
  parent: pulumi.Resource,
): FilledVolumes | undefined {
  const folders = fileFolders(spec);
  if (folders.length === 0) return undefined;
  const { naming, images } = foundation;
  const options = foundation.options(parent);
  const labels = labelsOf(naming, spec.name);
  const hash = filesHash(spec);
  const nameIn = (folder: FileFolder) => nameOf(naming, fileVolumeName(spec, folder), hash);
  const volumes = folders.map(
    (folder) => new docker.Volume(fileVolumeName(spec, folder), { name: nameIn(folder), labels }, options),
  );
  const loader = new docker.Container(
    loaderOf,
    {
      ...neverStarted,
      image: pulledImage(images, spec.image),
      labels,
      volumes: folders.map((folder) => ({ volumeName: nameIn(folder), containerPath: folder.path })),
      uploads: uploads(spec, foundation),
    },
    // An upload that was broken off would pass for done at the next update, with the volumes empty.
    { ...options, dependsOn: volumes, deleteBeforeReplace: false, replaceOnChanges: ["#initerror"] },
  );
  const mounts = folders.map(
    (folder) => ({ volumeName: nameIn(folder), containerPath: folder.path, readOnly: true }) as const,
  );
  const filled = isServed(spec) ? [loader, runAgent(spec, mounts, loader, foundation, parent)] : [loader];
  return { loader, filledBy: filled, mounts };
}

/** The agent writes into the same volumes, beside what the loader put there. */
function runAgent(
  spec: Served,
  mounts: FilledVolumes["mounts"],
  loader: docker.Container,
  { section, naming, networks, images, heldValue, options }: Foundation,
  parent: pulumi.Resource,
): docker.Container {
  const agent = agentWorkload(spec);
  const settings = containerSettings(agent, section, naming);
  const group = spec.user.kind === "root" ? 0 : spec.user.gid;
  const wayOut = networks.get(egress);
  return new docker.Container(
    agent.name,
    {
      ...settings,
      // The files belong to root and the workload's group; the folders may be anybody's, as the image has them.
      user: `0:${group}`,
      capabilities: { drops: ["ALL"], adds: ["DAC_OVERRIDE"] },
      labels: [...settings.labels, plainSecrets],
      image: pulledImage(images, agent.image),
      envs: [
        ...Object.entries(agent.variables).map(([name, value]) => `${name}=${value}`),
        ...agentVariables(spec).map(
          ({ name, source }) =>
            pulumi.interpolate`${name}=${heldValue(source, source.kind === "config" ? source.key : name)}`,
        ),
      ],
      volumes: mounts.map(({ volumeName, containerPath }) => ({ volumeName, containerPath, readOnly: false })),
      ...(wayOut === undefined ? { networkMode: "none" } : { networksAdvanced: [{ name: wayOut.id, aliases: [] }] }),
    },
    {
      ...options(parent),
      dependsOn: [loader],
      // Other files are other volumes: the new one and the old one write side by side.
      deleteBeforeReplace: false,
      replaceOnChanges: remadeOn,
    },
  );
}

/** Files are for all of the container to read, secrets for its group alone. */
function uploads({ files, secretFiles, user }: WorkloadSpec, { secretValue }: Foundation) {
  const group = user.kind === "root" ? "0" : String(user.gid);
  return [
    ...files.map(({ path, content }) => ({ file: path, content, permissions: "0444" })),
    ...secretFiles.map((file) => ({
      file: file.path,
      contentBase64: secretValue(file.secret).apply((value) =>
        Buffer.from(secretFileText(file, value)).toString("base64"),
      ),
      permissions: "0440",
      owner: "0",
      group,
    })),
  ];
}
