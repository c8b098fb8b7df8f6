import { at, list, number, text } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import type { Observed, ObservedProbe } from "../observed.ts";
import { groupOf, rulesOf } from "./network.ts";
import { arnOf, ofType } from "./resources.ts";

/** Customers reach what a listener of the load balancer sends them to, where the security groups let both pass. */
export function readPorts(
  own: unknown,
  service: Rendered,
  task: Rendered,
  resources: readonly Rendered[],
): Observed["ports"] {
  const group = groupOf(service, task);
  const balanced = forwarded(service, resources);
  const isLetIn = (port: unknown) =>
    rulesOf("Ingress", resources).some(
      ({ inputs }) =>
        inputs.securityGroupId === group &&
        balancerGroups(resources).includes(inputs.referencedSecurityGroupId) &&
        inputs.fromPort === port,
    );
  return Object.fromEntries(
    list(at(own, "portMappings")).map((mapping) => {
      const port = at(mapping, "containerPort");
      return [String(port), balanced.includes(port) && isLetIn(port) ? "public" : "internal"];
    }),
  );
}

/** Groups of load balancers that anybody reaches by HTTPS. */
const balancerGroups = (resources: readonly Rendered[]): readonly unknown[] =>
  ofType(resources, "lb/loadBalancer:LoadBalancer")
    .filter(({ inputs }) => inputs.internal === false)
    .flatMap(({ inputs }) => list(inputs.securityGroups))
    .filter((group) =>
      rulesOf("Ingress", resources).some(
        ({ inputs }) => inputs.securityGroupId === group && inputs.cidrIpv4 === "0.0.0.0/0" && inputs.fromPort === 443,
      ),
    );

/** Ports of the service behind a target group that an HTTPS listener forwards to. */
const forwarded = (service: Rendered, resources: readonly Rendered[]): readonly unknown[] =>
  list(service.inputs.loadBalancers)
    .filter((balancer) =>
      ofType(resources, "lb/listener:Listener").some(
        ({ inputs }) =>
          inputs.protocol === "HTTPS" &&
          list(inputs.defaultActions).some(
            (action) =>
              at(action, "type") === "forward" && at(action, "targetGroupArn") === at(balancer, "targetGroupArn"),
          ),
      ),
    )
    .map((balancer) => at(balancer, "containerPort"));

/** The load balancer's own check; on the port that it sends requests to. */
export function readReadiness(service: Rendered, resources: readonly Rendered[]): ObservedProbe | null {
  const [balancer] = list(service.inputs.loadBalancers);
  const group = ofType(resources, "lb/targetGroup:TargetGroup").find(
    (candidate) => arnOf(candidate) === at(balancer, "targetGroupArn"),
  );
  if (group === undefined) return null;
  const check = group.inputs.healthCheck;
  return {
    check: `http ${at(balancer, "containerPort")} ${text(at(check, "path"))}`,
    by: "load balancer",
    interval: number(at(check, "interval")) ?? 0,
    timeout: number(at(check, "timeout")) ?? 0,
    failureThreshold: number(at(check, "unhealthyThreshold")) ?? 0,
  };
}
