import { at, list, text, texts } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import { type Internet, type Observed, sorted } from "../observed.ts";
import { arnOf, ofType } from "./resources.ts";

const groupType = "aws:ec2/securityGroup:SecurityGroup";
const hostGroup = `${groupType}::hosts`;

export const rulesOf = (way: "Ingress" | "Egress", resources: readonly Rendered[]): readonly Rendered[] =>
  ofType(resources, `vpc/securityGroup${way}Rule:SecurityGroup${way}Rule`);

/** The security group of the service's network interface. */
export const groupOf = (service: Rendered, task: Rendered): string =>
  task.inputs.networkMode === "host"
    ? hostGroup
    : (texts(at(service.inputs.networkConfiguration, "securityGroups"))[0] ?? "none");

/** A connection is open when the one side's group lets it out and the other's lets it in. */
export function readNetwork(
  service: Rendered,
  task: Rendered,
  resources: readonly Rendered[],
): Pick<Observed, "address" | "connectsTo" | "internet"> {
  const own = groupOf(service, task);
  const out = rulesOf("Egress", resources).filter(({ inputs }) => inputs.securityGroupId === own);
  const open = out.filter(({ inputs }) =>
    rulesOf("Ingress", resources).some(
      ({ inputs: other }) =>
        other.securityGroupId === inputs.referencedSecurityGroupId &&
        other.referencedSecurityGroupId === own &&
        other.fromPort === inputs.fromPort &&
        other.toPort === inputs.toPort,
    ),
  );
  return {
    address: addressOf(service, resources),
    connectsTo: sorted(
      open.map(
        ({ inputs }) => `${ownerOf(inputs.referencedSecurityGroupId, inputs.fromPort, resources)}:${inputs.fromPort}`,
      ),
    ),
    internet: internetOf(out),
  };
}

/** Its name in the Cloud Map namespace, where its tasks are registered. */
function addressOf(service: Rendered, resources: readonly Rendered[]): string | null {
  const registered = ofType(resources, "servicediscovery/service:Service").find(
    (one) => at(service.inputs.serviceRegistries, "registryArn") === arnOf(one),
  );
  const namespace = ofType(resources, "servicediscovery/privateDnsNamespace:PrivateDnsNamespace").find(
    ({ id }) => id === at(registered?.inputs.dnsConfig, "namespaceId"),
  );
  return registered === undefined ? null : `${registered.inputs.name}.${namespace?.inputs.name}`;
}

function internetOf(egress: readonly Rendered[]): Internet {
  const anywhere = egress.filter(({ inputs }) => inputs.cidrIpv4 === "0.0.0.0/0");
  if (anywhere.some(({ inputs }) => inputs.fromPort === 0 && inputs.toPort === 65_535)) return "everything";
  return anywhere.length > 0 ? "HTTPS" : "none";
}

/** Whose network interface a group is on; on the hosts' it is told by the port. */
function ownerOf(group: unknown, port: unknown, resources: readonly Rendered[]): string {
  if (group !== hostGroup) return String(group).slice(`${groupType}::`.length);
  const listener = ofType(resources, "ecs/taskDefinition:TaskDefinition").find(
    ({ inputs }) =>
      inputs.networkMode === "host" &&
      list(JSON.parse(text(inputs.containerDefinitions) ?? "[]")).some((container) =>
        list(at(container, "portMappings")).some((mapping) => at(mapping, "containerPort") === port),
      ),
  );
  return listener?.name ?? "hosts";
}
