import { at, list, pairs, texts } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import { type Observed, sorted } from "../observed.ts";

/** Servers whose internal network it has joined, its own name on one, and the way out. */
export function readNetworks(
  { inputs }: Rendered,
  resources: readonly Rendered[],
): Pick<Observed, "address" | "connectsTo" | "internet"> {
  const own = pairs(inputs.labels, "label").component;
  const joined = list(inputs.networksAdvanced);
  const networks = joined.flatMap((network) => resources.filter(({ id }) => id === at(network, "name")));
  const servers = networks.flatMap(({ id }) => resources.flatMap((other) => serverOn(id, other)));
  const outside = networks.filter((network) => network.inputs.internal !== true);
  return {
    address: joined.flatMap((network) => texts(at(network, "aliases")))[0] ?? null,
    connectsTo: sorted([
      ...servers.filter((server) => server !== own).map((server) => `${server}:*`),
      ...outside.filter((network) => !isolates(network)).map(({ name }) => `everybody on ${name}:*`),
    ]),
    internet: outside.length > 0 ? "everything" : "none",
  };
}

/** The container's component, if it answers to a name on that network. */
const serverOn = (network: string, { inputs }: Rendered): readonly string[] =>
  list(inputs.networksAdvanced).some(
    (joined) => at(joined, "name") === network && texts(at(joined, "aliases")).length > 0,
  )
    ? [pairs(inputs.labels, "label").component ?? ""]
    : [];

/** Its members do not meet there. */
const isolates = ({ inputs }: Rendered): boolean =>
  at(inputs.options, "com.docker.network.bridge.enable_icc") === "false";
