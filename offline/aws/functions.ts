import { hex } from "../identity.ts";
import type { ProviderFunction } from "../model.ts";
import { type Properties, text } from "../value.ts";
import { policyDocument } from "./policy-document.ts";
import { placeOf } from "./settings.ts";

/** Functions that ask AWS in the real provider. */
export const functions: Readonly<Record<string, ProviderFunction>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": (_args, config) => {
    const { account } = placeOf(config);
    return {
      id: account,
      accountId: account,
      arn: `arn:aws:iam::${account}:user/offline`,
      userId: "AIDAOFFLINE0000000000",
    };
  },
  "aws:index/getRegion:getRegion": (args, config) => {
    const region = text(args.region) ?? text(args.name) ?? placeOf(config).region;
    return { id: region, name: region, region, description: region, endpoint: `ec2.${region}.amazonaws.com` };
  },
  "aws:index/getAvailabilityZones:getAvailabilityZones": (args, config) => {
    const { region } = placeOf(config);
    const letters = ["a", "b", "c"];
    return {
      ...args,
      id: region,
      region,
      groupNames: [`${region}-zg-1`],
      names: letters.map((letter) => region + letter),
      zoneIds: letters.map((_, index) => `${shortRegion(region)}-az${index + 1}`),
    };
  },
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:ssm/getParameter:getParameter": (args, config) => {
    const { account, region } = placeOf(config);
    const name = text(args.name) ?? "";
    const value = parameterValue(name);
    const owner = name.startsWith("/aws/service/") ? "" : account;
    const arn = `arn:aws:ssm:${region}:${owner}:parameter${name.startsWith("/") ? "" : "/"}${name}`;
    return { ...args, id: name, arn, region, type: "String", value, insecureValue: value, version: 1 };
  },
  // No secret is ever read: the value says what it stands for.
  "aws:secretsmanager/getSecretVersion:getSecretVersion": (args) => {
    const secretId = text(args.secretId) ?? "";
    const value = `offline-value-of-${hex(secretId, 16)}`;
    return {
      ...args,
      id: `${secretId}|AWSCURRENT`,
      arn: secretId,
      secretString: value,
      secretBinary: "",
      versionId: hex(secretId, 32),
      versionStages: ["AWSCURRENT"],
    };
  },
  "aws:ec2/getAmi:getAmi": (args, config) => image(args, placeOf(config).region),
  "aws:iam/getPolicyDocument:getPolicyDocument": policyDocument,
};

/** AWS publishes recommended AMIs as public parameters; other parameters have a value that says what it is. */
function parameterValue(name: string): string {
  const id = `ami-0${hex(name, 16)}`;
  if (name.startsWith("/aws/service/ecs/") && name.endsWith("/recommended")) {
    return JSON.stringify({ image_id: id, os: "Amazon Linux 2023", schema_version: 1 });
  }
  return name.startsWith("/aws/service/") ? id : `offline value of ${name}`;
}

function image(args: Properties, region: string): Properties {
  const seed = JSON.stringify(args);
  const id = `ami-0${hex(seed, 16)}`;
  return {
    ...args,
    id,
    imageId: id,
    arn: `arn:aws:ec2:${region}::image/${id}`,
    architecture: "x86_64",
    creationDate: "2026-01-01T00:00:00.000Z",
    name: "offline",
    ownerId: "137112412989",
    region,
    rootDeviceName: "/dev/xvda",
    rootDeviceType: "ebs",
    state: "available",
    virtualizationType: "hvm",
    blockDeviceMappings: [],
    productCodes: [],
    public: true,
    tags: {},
  };
}

/** Zone ids shorten the region: eu-central-1 → euc1. */
function shortRegion(region: string): string {
  const [area = "", direction = "", index = ""] = region.split("-");
  return `${area}${direction.charAt(0)}${index}`;
}
