import { at, entries, list, number, text, texts } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import { type Internet, type Observed, sorted } from "../observed.ts";
import { ofKind, selects } from "./objects.ts";

const nameLabel = "app.kubernetes.io/name";

/** The policies that hold for the pods of that template by name. */
export const policiesOf = (template: unknown, resources: readonly Rendered[]): readonly Rendered[] =>
  ofKind(resources, "NetworkPolicy").filter(({ inputs }) =>
    selects(at(inputs.spec, "podSelector", "matchLabels"), template),
  );

/** A connection is open when the one side's policy lets it out and the other's lets it in. */
export function readNetwork(
  template: unknown,
  resources: readonly Rendered[],
): Pick<Observed, "connectsTo" | "internet"> {
  const egress = policiesOf(template, resources).flatMap(({ inputs }) => list(at(inputs.spec, "egress")));
  const open = egress
    .flatMap(destinations)
    .filter((destination) => isLetIn(destination, template, resources))
    .map(({ target, port }) => `${target}:${port}`);
  return {
    connectsTo: isDeniedByDefault(resources) ? sorted(open) : ["everything"],
    internet: internetOf(egress),
  };
}

interface Destination {
  readonly target: string;
  readonly port: string;
}

const destinations = (rule: unknown): readonly Destination[] =>
  list(at(rule, "to")).flatMap((peer) => {
    const target = text(at(peer, "podSelector", "matchLabels", nameLabel));
    return target === undefined ? [] : list(at(rule, "ports")).map((port) => ({ target, port: portText(port) }));
  });

const isLetIn = ({ target, port }: Destination, template: unknown, resources: readonly Rendered[]): boolean =>
  ofKind(resources, "NetworkPolicy")
    .filter(({ inputs }) => at(inputs.spec, "podSelector", "matchLabels", nameLabel) === target)
    .flatMap(({ inputs }) => list(at(inputs.spec, "ingress")))
    .filter((rule) => list(at(rule, "ports")).some((open) => portText(open) === port))
    .some(
      (rule) =>
        at(rule, "from") === undefined ||
        list(at(rule, "from")).some((peer) => selects(at(peer, "podSelector", "matchLabels"), template)),
    );

/** `9094`, or `9094/udp`. */
const portText = (port: unknown): string => `${at(port, "port")}${at(port, "protocol") === "UDP" ? "/udp" : ""}`;

/** Every namespace has a policy for all its pods that closes both ways. */
const isDeniedByDefault = (resources: readonly Rendered[]): boolean =>
  ofKind(resources, "Namespace").every((namespace) =>
    ofKind(resources, "NetworkPolicy").some(
      ({ inputs }) =>
        at(inputs.metadata, "namespace") === at(namespace.inputs.metadata, "name") &&
        entries(at(inputs.spec, "podSelector")).length === 0 &&
        ["Ingress", "Egress"].every((way) => texts(at(inputs.spec, "policyTypes")).includes(way)),
    ),
  );

/** Ranges that are nobody's on the internet; the last one has the cloud's credentials. */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"];

function internetOf(egress: readonly unknown[]): Internet {
  const blocks = egress.flatMap((rule) => list(at(rule, "to"))).map((peer) => at(peer, "ipBlock"));
  const anywhere = blocks.filter((block) => at(block, "cidr") === "0.0.0.0/0");
  const unbounded = egress.filter((rule) => at(rule, "to") === undefined);
  const isHttps = (rule: unknown) =>
    list(at(rule, "ports")).length > 0 &&
    list(at(rule, "ports")).every((port) => [443, 6443, 8443].includes(number(at(port, "port")) ?? 0));
  const closed = (block: unknown) => privateRanges.every((range) => texts(at(block, "except")).includes(range));
  if (!anywhere.every(closed) || !unbounded.every(isHttps)) return "everything";
  if (unbounded.length === 0) return anywhere.length > 0 ? "public addresses" : "none";
  return anywhere.length > 0 ? "public addresses, HTTPS everywhere" : "HTTPS";
}
