import type Docker from "dockerode";
import { list, number, object, type Properties } from "../../value.ts";
import { asText, asTexts } from "./values.ts";

/** How a container takes part in a network. */
export interface Membership {
  /** The network's name or id. */
  readonly name: string;
  readonly endpoint: Docker.EndpointSettings & { readonly GwPriority?: number };
}

export const memberships = (inputs: Properties): readonly Membership[] =>
  list(inputs.networksAdvanced).map((it) => membership(object(it)));

/**
 * The network that a container is made in, so that it is never on Docker's default one; undefined where a mode of its
 * own was asked for, or no network.
 */
export function firstNetwork(inputs: Properties): Membership | undefined {
  const mode = asText(inputs.networkMode) ?? "bridge";
  return mode === "bridge" || mode === "default" ? memberships(inputs)[0] : undefined;
}

/** The others, which it joins before it starts. */
export const furtherNetworks = (inputs: Properties): readonly Membership[] =>
  memberships(inputs).slice(firstNetwork(inputs) === undefined ? 0 : 1);

function membership(network: Properties): Membership {
  const priority = number(network.gwPriority);
  const options = asTexts(network.driverOpts)?.map((it) => it.split(/=(.*)/s).slice(0, 2));
  return {
    name: asText(network.name) ?? "",
    endpoint: {
      Aliases: asTexts(network.aliases),
      IPAMConfig: {
        IPv4Address: asText(network.ipv4Address),
        IPv6Address: asText(network.ipv6Address),
        LinkLocalIPs: asTexts(network.linkLocalIps),
      },
      MacAddress: asText(network.macAddress),
      DriverOpts: options && Object.fromEntries(options),
      ...(priority === undefined ? {} : { GwPriority: priority }),
    },
  };
}
