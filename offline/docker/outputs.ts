import { hex, integer } from "../identity.ts";
import type { Instance } from "../model.ts";
import { list, object, type Properties, text } from "../value.ts";

/** A container's, network's or image's id as the real provider has it. */
export function identify(instance: Instance): string {
  const { resource, inputs, seed } = instance;
  const name = text(inputs.name) ?? resource.name;
  switch (shortType(resource.type)) {
    case "Volume":
      return name;
    case "RemoteImage":
      return `${imageId(name)}${name}`;
    case "RegistryImage":
      return digest(name);
    case "Tag":
      return `${text(inputs.sourceImage)}.${text(inputs.targetImage)}`;
    case "Secret":
    case "ServiceConfig":
    case "Service":
      return hex(seed, 25);
    default:
      return hex(seed, 64);
  }
}

/** What only the daemon or a registry can tell. */
export function computedOutputs(instance: Instance): Properties {
  const { resource, inputs, seed } = instance;
  const name = text(inputs.name) ?? resource.name;
  switch (shortType(resource.type)) {
    case "Container":
      return containerOutputs(instance, name);
    case "Network":
      return { driver: "bridge", scope: "local", internal: false, ipamConfigs: [ipamConfig(seed)], options: {} };
    case "Volume":
      return { driver: "local", mountpoint: `/var/lib/docker/volumes/${name}/_data` };
    case "RemoteImage":
      return { imageId: imageId(name), repoDigest: `${repository(name)}@${digest(name)}` };
    case "RegistryImage":
      return { sha256Digest: digest(name) };
    case "Tag":
      return { sourceImageId: imageId(text(inputs.sourceImage) ?? name) };
    case "Image":
      return {
        repoDigest: `${repository(text(inputs.imageName) ?? name)}@${digest(seed)}`,
        baseImageName: text(inputs.imageName) ?? name,
      };
    default:
      return {};
  }
}

/** The digest that the stand-in gives an image; the same wherever it appears. */
export function digest(image: string): string {
  return /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? `sha256:${hex(`digest ${image}`, 64)}`;
}

function imageId(image: string): string {
  return `sha256:${hex(`image ${image}`, 64)}`;
}

/** An image's name without tag and digest. */
function repository(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}

function containerOutputs({ inputs, seed }: Instance, name: string): Properties {
  const networks = list(inputs.networksAdvanced).map((it) => text(object(it).name) ?? "bridge");
  return {
    bridge: "",
    containerLogs: "",
    exitCode: 0,
    hostname: text(inputs.hostname) ?? hex(seed, 12),
    init: false,
    ipcMode: "private",
    logDriver: "json-file",
    networkDatas: (networks.length > 0 ? networks : ["bridge"]).map((network, index) =>
      networkData(`${name} ${network}`, network, index),
    ),
    networkMode: "bridge",
    runtime: "runc",
    securityOpts: [],
    shmSize: 64,
    stopSignal: "SIGTERM",
    stopTimeout: 0,
  };
}

function networkData(seed: string, network: string, index: number): Properties {
  return {
    networkName: network,
    ipAddress: `172.${18 + index}.0.${integer(seed, 2, 250)}`,
    ipPrefixLength: 16,
    gateway: `172.${18 + index}.0.1`,
    macAddress: `02:42:${hex(seed, 8).replace(/..(?=.)/g, "$&:")}`,
    globalIpv6Address: "",
    globalIpv6PrefixLength: 0,
    ipv6Gateway: "",
  };
}

function ipamConfig(seed: string): Properties {
  const second = integer(seed, 18, 32);
  return { subnet: `172.${second}.0.0/16`, gateway: `172.${second}.0.1` };
}

function shortType(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}
