import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type Image, imageReference } from "../../workload/index.ts";
import { takeBackHook } from "../take-back.ts";
import type { TargetContext } from "../target.ts";
import { needsProbeBinary, probeFolder } from "./health.ts";
import { labelsOf, type Naming, nameOf } from "./names.ts";
import { egress, needsEgress, serversOf } from "./networks.ts";
import { probeName } from "./owned.ts";
import type { DockerSection } from "./section.ts";

/** What lies under all workloads of a stack. */
export interface Foundation {
  readonly section: DockerSection;
  readonly naming: Naming;
  readonly servers: readonly string[];
  readonly networks: ReadonlyMap<string, docker.Network>;
  readonly images: ReadonlyMap<string, docker.RemoteImage>;
  /** A volume with the probe binary, where a workload needs it. */
  readonly probe: ProbeVolume | undefined;
  readonly secretValue: TargetContext["secretValue"];
  readonly heldValue: TargetContext["heldValue"];
  /** For containers whose predecessor is gone when they fail. */
  readonly takeBack: pulumi.ErrorHook;
  /** Options of every resource: the provider where the settings say which, and the parent. */
  readonly options: (parent: pulumi.Resource) => pulumi.CustomResourceOptions;
}

export interface ProbeVolume {
  readonly name: string;
  readonly filledBy: pulumi.Resource;
}

export function layFoundation(section: DockerSection, context: TargetContext, platform: pulumi.Resource): Foundation {
  const naming: Naming = { project: pulumi.getProject(), stack: context.stack, environment: context.environment };
  const provider = explicitProvider(section, context, platform);
  const options: Foundation["options"] = (parent) => ({ parent, ...(provider === undefined ? {} : { provider }) });
  const workloads = context.members.filter((member) => member.kind === "workload");
  const servers = serversOf(context.members);
  const hasProbe = workloads.some(needsProbeBinary);
  const images = pullImages(
    [
      ...workloads.flatMap(({ image, agent }) => (agent === undefined ? [image] : [image, agent.image])),
      ...(hasProbe ? [context.probeImage] : []),
    ],
    options(platform),
  );
  const networkNames = [
    ...servers,
    ...(workloads.some((spec) => needsEgress(spec) || spec.agent !== undefined) ? [egress] : []),
  ];
  return {
    section,
    naming,
    servers,
    networks: new Map(networkNames.map((name) => [name, makeNetwork(name, naming, options(platform))])),
    images,
    probe: hasProbe ? fillProbeVolume(context.probeImage, images, naming, options(platform)) : undefined,
    secretValue: context.secretValue,
    heldValue: context.heldValue,
    takeBack: takeBackHook(context.stack),
    options,
  };
}

/** Only where the settings say more than the Docker provider finds by itself. */
function explicitProvider({ host }: DockerSection, context: TargetContext, parent: pulumi.Resource) {
  const { registryUser, registry, probeImage } = context;
  if (host === undefined && registryUser === undefined) return undefined;
  const [address = ""] = (registry ?? probeImage.repository).split("/");
  const login = { address, username: registryUser ?? "", password: context.secretValue("registryPassword") };
  return new docker.Provider(
    "docker",
    {
      ...(host === undefined ? {} : { host }),
      ...(registryUser === undefined ? {} : { registryAuth: [login] }),
    },
    { parent },
  );
}

/** One for each distinct image. It stays on the host when it is no longer used: a rollback finds it there. */
function pullImages(wanted: readonly Image[], options: pulumi.CustomResourceOptions) {
  const distinct = new Map(wanted.map((image) => [imageReference(image), image]));
  return new Map(
    [...distinct].map(([reference, { repository, version }]) => [
      reference,
      new docker.RemoteImage(
        `image-${logicalName(repository, version, [...distinct.values()])}`,
        { name: reference, keepLocally: true },
        options,
      ),
    ]),
  );
}

/** `prometheus` for docker.io/prom/prometheus; more of it where two images would be called the same. */
function logicalName(repository: string, version: string, all: readonly Image[]): string {
  const short = repository.slice(repository.lastIndexOf("/") + 1);
  const alike = all.filter((image) => image.repository.endsWith(`/${short}`));
  if (alike.length === 1) return short;
  const path = repository.slice(repository.indexOf("/") + 1).replaceAll("/", "-");
  return alike.filter((image) => image.repository === repository).length === 1 ? path : `${path}-${version}`;
}

function makeNetwork(name: string, naming: Naming, options: pulumi.CustomResourceOptions): docker.Network {
  return new docker.Network(
    `network-${name}`,
    {
      name: nameOf(naming, name),
      driver: "bridge",
      internal: name !== egress,
      // Members of the way out do not meet there.
      ...(name === egress ? { options: { "com.docker.network.bridge.enable_icc": "false" } } : {}),
      labels: labelsOf(naming, name),
    },
    // Two networks of one name would be told apart by nobody.
    { ...options, deleteBeforeReplace: true },
  );
}

/**
 * Docker copies an image's content into an empty volume when a container with both is made; it is never started. A new
 * version gets a new volume, and the old one goes when nobody uses it any more.
 */
function fillProbeVolume(
  image: Image,
  images: Foundation["images"],
  naming: Naming,
  options: pulumi.CustomResourceOptions,
): ProbeVolume {
  const name = nameOf(naming, probeName, image.version);
  const volume = new docker.Volume(probeName, { name, labels: labelsOf(naming, probeName) }, options);
  const filledBy = new docker.Container(
    probeName,
    {
      ...neverStarted,
      image: pulledImage(images, image),
      labels: labelsOf(naming, probeName),
      volumes: [{ volumeName: name, containerPath: probeFolder }],
    },
    { ...options, dependsOn: [volume] },
  );
  return { name, filledBy };
}

/** A container that is only made, for what Docker does on making one; `command` because an image may have none. */
export const neverStarted = { start: false, mustRun: false, networkMode: "none", command: ["never-started"] };

/** The id of the image on the host: another one of the same tag makes the container anew. */
export function pulledImage(images: Foundation["images"], image: Image): pulumi.Output<string> {
  const pulled = images.get(imageReference(image));
  if (pulled === undefined) throw new Error(`docker: image ${imageReference(image)} is of no member of the platform`);
  return pulled.imageId;
}
