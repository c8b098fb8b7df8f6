import { bridgedOutputs, nameIsTaken, withAutomaticName } from "../bridged.ts";
import { hex } from "../identity.ts";
import type { FillRequest, Instance, Model } from "../model.ts";
import { loadTable } from "../schema/load.ts";
import { object, type Properties, type Value } from "../value.ts";
import { knownOutputs } from "./defaults.ts";
import { functions } from "./functions.ts";
import { identify } from "./identify.ts";
import { automaticName, nameProperty } from "./naming.ts";
import { changingOutputs, computedOutputs } from "./outputs.ts";
import { awsProblems } from "./problems.ts";
import { awsRules } from "./rules.ts";
import { defaultTags, placeOf } from "./settings.ts";

/** The stand-in for `@pulumi/aws`. */
export const aws: Model = {
  provider: "aws",
  scalars: "converted",
  fill,
  problems: awsProblems,
  rules: awsRules,
  // resources.go of pulumi-aws sets DeleteBeforeReplace for this one type of those listed here.
  deletesFirst: (type, changes, inputs) =>
    (type === "aws:ec2/securityGroupRule:SecurityGroupRule" && changes.some((it) => it.replaces)) ||
    nameIsTaken(nameProperty(type), changes, inputs),
  id: (instance) => identify(instance, placeOf(instance.config)),
  outputs,
  functions,
  // An ECS service exists before it is steady, a database before it is available (d.SetId precedes the waiter).
  failsAfterId: (type) => slowToSettle.has(type),
};

const slowToSettle: ReadonlySet<string> = new Set([
  "aws:ecs/service:Service",
  "aws:rds/instance:Instance",
  "aws:elasticache/replicationGroup:ReplicationGroup",
  "aws:autoscaling/group:Group",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:ec2/natGateway:NatGateway",
]);

/** What resources.go of pulumi-aws puts where a description is missing. */
const described: ReadonlySet<string> = new Set([
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:elasticache/parameterGroup:ParameterGroup",
  "aws:elasticache/subnetGroup:SubnetGroup",
  "aws:rds/parameterGroup:ParameterGroup",
  "aws:rds/subnetGroup:SubnetGroup",
]);

function fill(request: FillRequest): Properties {
  const { type } = request.resource;
  const property = nameProperty(type);
  const prefixed = property !== undefined && request.inputs[`${property}Prefix`] !== undefined;
  const name =
    property === undefined || prefixed ? undefined : automaticName(type, request.resource.name, hex(request.seed, 7));
  const named =
    property === undefined || name === undefined ? request.inputs : withAutomaticName(request, property, name);
  return described.has(type) ? { description: "Managed by Pulumi", ...named } : named;
}

function outputs(instance: Instance): Properties {
  const { type } = instance.resource;
  const place = placeOf(instance.config);
  const entry = loadTable("aws").resources[type];
  const known: Record<string, Value> = { ...knownOutputs(type) };
  if (entry?.computed.region !== undefined) {
    known.region = place.region;
  }
  if (entry?.computed.tagsAll !== undefined) {
    known.tagsAll = { ...defaultTags(instance.config), ...object(instance.inputs.tags) };
  }
  const computed = computedOutputs(instance, place, entry?.computed ?? {});
  return bridgedOutputs(instance, { entry, known, computed, changing: changingOutputs(type) });
}
