import type { Problem } from "../check.ts";
import { list, number, object, type Properties, text, unknown, type Value } from "../value.ts";

/** Rules that terraform-provider-aws or the API certainly enforces and the type declarations do not show. */
export function awsProblems(type: string, inputs: Properties): readonly Problem[] {
  return rules[type]?.(inputs) ?? [];
}

const rules: Readonly<Record<string, (inputs: Properties) => readonly Problem[]>> = {
  "aws:ecs/taskDefinition:TaskDefinition": taskDefinition,
  "aws:ecs/service:Service": (inputs) => conflict(inputs, "launchType", "capacityProviderStrategies"),
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": (inputs) => document(inputs, "policy"),
  "aws:iam/role:Role": (inputs) => document(inputs, "assumeRolePolicy"),
  "aws:iam/rolePolicy:RolePolicy": (inputs) => document(inputs, "policy"),
  "aws:iam/policy:Policy": (inputs) => document(inputs, "policy"),
  "aws:s3/bucketPolicy:BucketPolicy": (inputs) => document(inputs, "policy"),
  "aws:sns/topicPolicy:TopicPolicy": (inputs) => document(inputs, "policy"),
  "aws:ecr/repositoryPolicy:RepositoryPolicy": (inputs) => document(inputs, "policy"),
  "aws:lb/targetGroup:TargetGroup": targetGroup,
  "aws:lb/loadBalancer:LoadBalancer": (inputs) => shortName(inputs),
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
};

/** Container definitions are JSON: a list of objects, each with a name and an image, names unique. */
function taskDefinition(inputs: Properties): readonly Problem[] {
  const property = "containerDefinitions";
  const parsed = parse(inputs[property]);
  if (parsed === undefined) {
    return document(inputs, property);
  }
  const containers = list(parsed);
  if (containers.length === 0) {
    return [{ property, reason: "must be a JSON list of at least one container" }];
  }
  const names = containers.map((it) => text(object(it).name));
  return containers.flatMap((it, index) => [
    ...["name", "image"]
      .filter((key) => object(it)[key] === undefined)
      .map((key) => ({ property: `${property}[${index}].${key}`, reason: "is required and missing; set it" })),
    ...(names[index] !== undefined && names.indexOf(names[index]) < index
      ? [
          {
            property: `${property}[${index}].name`,
            reason: `is "${names[index]}" a second time; container names are unique`,
          },
        ]
      : []),
  ]);
}

function targetGroup(inputs: Properties): readonly Problem[] {
  const needed = text(inputs.targetType) === "lambda" ? [] : ["port", "protocol", "vpcId"];
  return [
    ...needed
      .filter((key) => inputs[key] === undefined)
      .map((key) => ({ property: key, reason: "is required unless targetType is lambda; set it" })),
    ...shortName(inputs),
  ];
}

/** ELBv2: at most 32 letters, digits and hyphens, neither first nor last a hyphen. */
function shortName(inputs: Properties): readonly Problem[] {
  const name = text(inputs.name);
  const good = name === undefined || /^(?!-)[A-Za-z0-9-]{1,32}(?<!-)$/.test(name);
  return good
    ? []
    : [{ property: "name", reason: `is "${name}"; at most 32 letters, digits and "-", not at the ends` }];
}

/** PutRetentionPolicy takes these numbers of days only; 0 keeps for ever. */
const retentionDays = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

function logGroup(inputs: Properties): readonly Problem[] {
  const days = number(inputs.retentionInDays);
  const good = days === undefined || retentionDays.includes(days);
  return good ? [] : [{ property: "retentionInDays", reason: `is ${days}; allowed are ${retentionDays.join(", ")}` }];
}

function conflict(inputs: Properties, one: string, other: string): readonly Problem[] {
  const both = inputs[one] !== undefined && list(inputs[other]).length > 0;
  return both ? [{ property: one, reason: `conflicts with ${other}; remove one of them` }] : [];
}

/** A property that holds a JSON document. */
function document(inputs: Properties, property: string): readonly Problem[] {
  const value = text(inputs[property]);
  return value === undefined || parse(value) !== undefined ? [] : [{ property, reason: "is not valid JSON" }];
}

function parse(value: Value | undefined): Value | undefined {
  const json = text(value);
  if (json === undefined || json.includes(unknown)) {
    return undefined;
  }
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
