import { at, entries, list, number, text } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import type { Observed } from "../observed.ts";
import { policiesOf } from "./network.ts";
import { ofKind, selects } from "./objects.ts";

/** The usual DNS domain of a cluster. */
const clusterDomain = "cluster.local";

const addressOf = ({ inputs }: Rendered): string =>
  `${at(inputs.metadata, "name")}.${at(inputs.metadata, "namespace")}.svc.${clusterDomain}`;

const servicesOf = (template: unknown, resources: readonly Rendered[]): readonly Rendered[] =>
  ofKind(resources, "Service").filter(({ inputs }) => selects(at(inputs.spec, "selector"), template));

/** The name of its Service inside the cluster, or of another one that stands for that name. */
export function readAddress(template: unknown, resources: readonly Rendered[]): string | null {
  const [service] = servicesOf(template, resources).filter(
    ({ inputs }) => (at(inputs.spec, "type") ?? "ClusterIP") === "ClusterIP",
  );
  if (service === undefined) return null;
  const own = addressOf(service);
  const alias = ofKind(resources, "Service").find(({ inputs }) => at(inputs.spec, "externalName") === own);
  return alias === undefined ? own : addressOf(alias);
}

/** A port answers behind its Service; customers come through an Ingress or a load balancer, and past the policy. */
export function readPorts(template: unknown, container: unknown, resources: readonly Rendered[]): Observed["ports"] {
  const services = servicesOf(template, resources);
  const isBehind = (port: unknown) =>
    services
      .flatMap(({ inputs }) => list(at(inputs.spec, "ports")))
      .some((served) => at(served, "port") === at(port, "containerPort") && isTarget(served, port));
  return Object.fromEntries(
    list(at(container, "ports")).map((port) => {
      const opened = `${number(at(port, "containerPort"))}${at(port, "protocol") === "UDP" ? "/udp" : ""}`;
      const exposure = exposureOf(port, template, services, resources);
      return [isBehind(port) ? opened : `${opened} behind no Service`, exposure];
    }),
  );
}

const isTarget = (served: unknown, port: unknown): boolean =>
  [at(port, "name"), at(port, "containerPort")].includes(at(served, "targetPort"));

function exposureOf(
  port: unknown,
  template: unknown,
  services: readonly Rendered[],
  resources: readonly Rendered[],
): Observed["ports"][string] {
  const isOpen = policiesOf(template, resources)
    .flatMap(({ inputs }) => list(at(inputs.spec, "ingress")))
    .filter((rule) => at(rule, "from") === undefined)
    .some((rule) => list(at(rule, "ports")).some((open) => at(open, "port") === at(port, "containerPort")));
  if (!isOpen) return "internal";
  return [...balanced(services), ...routed(services, resources)].some((served) => isTarget(served, port))
    ? "public"
    : "cluster";
}

/** Ports of Services that have a load balancer of their own. */
const balanced = (services: readonly Rendered[]): readonly unknown[] =>
  services
    .filter(({ inputs }) => at(inputs.spec, "type") === "LoadBalancer")
    .flatMap(({ inputs }) => list(at(inputs.spec, "ports")));

/** Ports of Services that an Ingress leads to, with a certificate for its host. */
function routed(services: readonly Rendered[], resources: readonly Rendered[]): readonly unknown[] {
  const backends = ofKind(resources, "Ingress")
    .filter(({ inputs }) => list(at(inputs.spec, "tls")).some((tls) => text(at(tls, "secretName")) !== undefined))
    .flatMap(({ inputs }) => list(at(inputs.spec, "rules")))
    .flatMap((rule) => list(at(rule, "http", "paths")))
    .map((path) => at(path, "backend", "service"));
  return services.flatMap(({ inputs }) =>
    backends
      .filter((backend) => at(backend, "name") === at(inputs.metadata, "name"))
      .flatMap((backend) =>
        list(at(inputs.spec, "ports")).filter((served) =>
          entries(at(backend, "port")).every(([key, value]) => at(served, key === "number" ? "port" : key) === value),
        ),
      ),
  );
}
