import type Docker from "dockerode";
import { bridgedOutputs } from "../../bridged.ts";
import { poll } from "../../cancellation.ts";
import { parseUrn } from "../../identity.ts";
import { loadTable } from "../../schema/load.ts";
import { ProviderError } from "../../served-provider.ts";
import { list, object, type Properties } from "../../value.ts";
import { daemonsWords, isConflict, isMissing } from "./errors.ts";
import type { DrivenResource } from "./resource.ts";
import { asFlag, asLabels, asText, asTextMap } from "./values.ts";

/** How long a network is waited for to be left by its last containers, in ms; as the official plugin has it. */
const leaveTimeout = 30_000;

/** A network; nothing of it can be changed but by a new one. */
export const network: DrivenResource = {
  async create(inputs, { daemon }) {
    const name = asText(inputs.name) ?? "";
    try {
      const { id } = await daemon.docker.createNetwork(networkOptions(inputs));
      return { id, properties: outputs(inputs, await daemon.docker.getNetwork(id).inspect()) };
    } catch (error) {
      const wayOut = isConflict(error)
        ? ` Somebody else made it, or it is left over: look with \`docker network inspect ${name}\`, and remove it with \`docker network rm ${name}\``
        : "";
      throw new ProviderError(`network ${name} cannot be made: ${daemonsWords(error)}.${wayOut}`);
    }
  },
  async read({ id }, inputs, { daemon }) {
    try {
      const info = await daemon.docker.getNetwork(id).inspect();
      const known = Object.keys(inputs).length > 0 ? inputs : { name: info.Name };
      return { id: info.Id, properties: outputs(known, info), inputs: known };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  async update({ id }, inputs, { daemon }) {
    return outputs(inputs, await daemon.docker.getNetwork(id).inspect());
  },
  async delete({ id }, { daemon, signal }) {
    const made = daemon.docker.getNetwork(id);
    const removed = await poll(() => remove(made), leaveTimeout, signal);
    if (removed !== undefined) return;
    const { Name, Containers } = await made.inspect();
    const members = Object.values(Containers ?? {}).map((it) => it.Name);
    throw new ProviderError(
      `network ${Name} cannot be removed: ${members.join(", ")} still in it; ` +
        `take it out with \`docker network disconnect -f ${Name} ${members[0] ?? "<container>"}\``,
    );
  },
};

/** Undefined while a container is in it. */
async function remove(made: Docker.Network): Promise<true | undefined> {
  try {
    await made.remove();
    return true;
  } catch (error) {
    if (isMissing(error)) return true;
    if (daemonsWords(error).includes("active endpoints")) return undefined;
    throw error;
  }
}

/** What the daemon is asked to make. A second network of the same name would be made without a word, so that is said. */
function networkOptions(inputs: Properties): Docker.NetworkCreateOptions {
  const ipam = list(inputs.ipamConfigs).map(object);
  const options = asTextMap(inputs.ipamOptions);
  const driver = asText(inputs.ipamDriver);
  return {
    Name: asText(inputs.name) ?? "",
    CheckDuplicate: true,
    Driver: asText(inputs.driver) ?? "bridge",
    Internal: asFlag(inputs.internal),
    Attachable: asFlag(inputs.attachable),
    Ingress: asFlag(inputs.ingress),
    EnableIPv6: asFlag(inputs.ipv6),
    Options: asTextMap(inputs.options),
    Labels: asLabels(inputs.labels),
    ...(ipam.length === 0 && options === undefined && driver === undefined
      ? {}
      : { IPAM: { Driver: driver ?? "default", Options: options, Config: ipam.map(ipamConfig) } }),
  };
}

const ipamConfig = ({ subnet, ipRange, gateway, auxAddress }: Properties) => ({
  Subnet: asText(subnet),
  IPRange: asText(ipRange),
  Gateway: asText(gateway),
  AuxiliaryAddresses: asTextMap(auxAddress),
});

const outputs = (inputs: Properties, info: Docker.NetworkInspectInfo): Properties =>
  bridgedOutputs(
    { resource: parseUrn(""), seed: "", inputs, config: {}, id: info.Id },
    {
      entry: loadTable("docker").resources["docker:index/network:Network"],
      known: {},
      computed: {
        name: info.Name,
        driver: info.Driver,
        internal: info.Internal,
        scope: info.Scope,
        options: info.Options ?? {},
        ipamConfigs: (info.IPAM?.Config ?? []).map(({ Subnet = "", Gateway = "", IPRange = "" }) => ({
          subnet: Subnet,
          gateway: Gateway,
          ipRange: IPRange,
        })),
      },
      changing: [],
    },
  );
