import { alphanumeric, hex, integer, uuid } from "../identity.ts";
import type { Instance } from "../model.ts";
import { number, object, type Properties, text, type Value } from "../value.ts";
import { arnOf, databaseIdentifier, taskRevision } from "./arn.ts";
import type { Place } from "./settings.ts";

interface Making {
  readonly place: Place;
  readonly seed: string;
  /** A known string among the inputs, or empty. */
  readonly input: (name: string) => string;
  readonly inputs: Properties;
  readonly id: string;
  readonly arn: string;
}

/** Computed outputs that every update changes. */
export function changingOutputs(type: string): readonly string[] {
  return changing[type] ?? [];
}

const changing: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/launchTemplate:LaunchTemplate": ["latestVersion"],
  "aws:backup/plan:Plan": ["version"],
  "aws:s3/bucketObjectv2:BucketObjectv2": ["etag", "versionId"],
  "aws:ssm/parameter:Parameter": ["version"],
};

const databasePorts: Readonly<Record<string, number>> = { postgres: 5432, mysql: 3306, mariadb: 3306 };

/** Hosted zones of load balancers (AWS General Reference, "Elastic Load Balancing endpoints and quotas"). */
const balancerZones: Readonly<Record<string, string>> = {
  "us-east-1": "Z35SXDOTRQ7X7K",
  "us-east-2": "Z3AADJGX6KTTL2",
  "us-west-2": "Z1H1FL5HABSF5",
  "eu-west-1": "Z32O12XQLNTSW2",
  "eu-central-1": "Z215JYRZR1TBD5",
  "ap-northeast-1": "Z14GRHDCWA56QT",
};

const made: Readonly<Record<string, (of: Making) => Properties>> = {
  "aws:acm/certificate:Certificate": certificate,
  "aws:ec2/eip:Eip": ({ seed, id, place }) => {
    const publicIp = `203.0.113.${integer(seed, 1, 255)}`;
    return {
      allocationId: id,
      publicIp,
      publicDns: `ec2-${publicIp.replaceAll(".", "-")}.${place.region}.compute.amazonaws.com`,
      domain: "vpc",
    };
  },
  "aws:ec2/launchTemplate:LaunchTemplate": ({ inputs, seed }) => ({
    latestVersion: integer(JSON.stringify(inputs) + seed, 1, 1000),
    defaultVersion: 1,
  }),
  "aws:ec2/natGateway:NatGateway": ({ seed }) => ({
    publicIp: `203.0.113.${integer(seed, 1, 255)}`,
    privateIp: `10.0.0.${integer(seed, 5, 250)}`,
    networkInterfaceId: `eni-0${hex(seed, 16)}`,
  }),
  "aws:ec2/securityGroup:SecurityGroup": () => ({ ingress: [], egress: [] }),
  "aws:ec2/subnet:Subnet": ({ place, seed }) => ({
    availabilityZone: `${place.region}${"abc"[integer(seed, 0, 3)]}`,
    availabilityZoneId: `az${integer(seed, 1, 4)}`,
  }),
  "aws:ec2/vpc:Vpc": ({ seed }) => ({
    defaultSecurityGroupId: `sg-0${hex(`${seed} sg`, 16)}`,
    defaultRouteTableId: `rtb-0${hex(`${seed} rtb`, 16)}`,
    mainRouteTableId: `rtb-0${hex(`${seed} rtb`, 16)}`,
    defaultNetworkAclId: `acl-0${hex(seed, 16)}`,
    dhcpOptionsId: `dopt-0${hex(seed, 16)}`,
    enableDnsHostnames: false,
  }),
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ seed }) => ({ state: "available", prefixListId: `pl-${hex(seed, 8)}` }),
  "aws:ecr/repository:Repository": ({ place, input }) => ({
    repositoryUrl: `${place.account}.dkr.ecr.${place.region}.amazonaws.com/${input("name")}`,
  }),
  "aws:ecs/taskDefinition:TaskDefinition": ({ arn, seed }) => ({
    revision: taskRevision(seed),
    arnWithoutRevision: arn.replace(/:\d+$/, ""),
  }),
  // Without capacity providers AWS fills in EC2 (API_CreateService, launchType).
  "aws:ecs/service:Service": () => ({ launchType: "EC2", availabilityZoneRebalancing: "ENABLED" }),
  "aws:elasticache/replicationGroup:ReplicationGroup": ({ place, input, seed }) => {
    const domain = `${alphanumeric(seed, 6)}.ng.0001.${region(place)}.cache.amazonaws.com`;
    const name = input("replicationGroupId");
    return {
      primaryEndpointAddress: `${name}.${domain}`,
      readerEndpointAddress: `${name}-ro.${domain}`,
      memberClusters: [`${name}-001`],
    };
  },
  "aws:iam/role:Role": ({ seed }) => ({
    uniqueId: `AROA${alphanumeric(seed, 17).toUpperCase()}`,
    createDate: "2026-01-01T00:00:00Z",
  }),
  "aws:iam/instanceProfile:InstanceProfile": ({ seed }) => ({
    uniqueId: `AIPA${alphanumeric(seed, 17).toUpperCase()}`,
    createDate: "2026-01-01T00:00:00Z",
  }),
  "aws:kms/alias:Alias": ({ input, place }) => {
    const key = input("targetKeyId");
    return { targetKeyArn: key.startsWith("arn:") ? key : `arn:aws:kms:${place.region}:${place.account}:key/${key}` };
  },
  "aws:kms/key:Key": ({ id }) => ({ keyId: id }),
  "aws:lb/loadBalancer:LoadBalancer": ({ place, arn, input, inputs, seed }) => ({
    arnSuffix: suffix(arn, "loadbalancer/"),
    dnsName: `${inputs.internal === true ? "internal-" : ""}${input("name")}-${integer(seed, 1e8, 2e9)}.${place.region}.elb.amazonaws.com`,
    zoneId: balancerZones[place.region] ?? `Z${alphanumeric(place.region, 13).toUpperCase()}`,
  }),
  "aws:lb/targetGroup:TargetGroup": ({ arn }) => ({ arnSuffix: suffix(arn, "") }),
  "aws:rds/instance:Instance": database,
  "aws:route53/record:Record": ({ input }) => ({ fqdn: input("name") }),
  "aws:route53/zone:Zone": ({ id, seed }) => ({
    zoneId: id,
    nameServers: ["com", "net", "org", "co.uk"].map(
      (end, index) => `ns-${integer(`${seed} ${index}`, 1, 2048)}.awsdns-${integer(`${seed} ${end}`, 10, 64)}.${end}`,
    ),
  }),
  "aws:s3/bucket:Bucket": ({ place, input }) => ({
    bucketDomainName: `${input("bucket")}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${input("bucket")}.s3.${place.region}.amazonaws.com`,
    bucketRegion: place.region,
  }),
  "aws:s3/bucketObjectv2:BucketObjectv2": ({ inputs, seed }) => ({
    etag: hex(JSON.stringify(inputs), 32),
    versionId: alphanumeric(JSON.stringify(inputs) + seed, 32),
  }),
  "aws:secretsmanager/secretVersion:SecretVersion": ({ seed, input }) => ({
    arn: input("secretId"),
    secretArn: input("secretId"),
    versionId: uuid(seed),
    versionStages: ["AWSCURRENT"],
  }),
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": ({ seed }) => ({
    hostedZone: `Z${alphanumeric(seed, 20).toUpperCase()}`,
  }),
  "aws:ssm/parameter:Parameter": ({ inputs }) => ({
    version: integer(JSON.stringify(inputs), 1, 1000),
    tier: "Standard",
    dataType: "text",
  }),
};

/** Everything that AWS would tell once the resource exists. */
export function computedOutputs(
  instance: Instance,
  place: Place,
  computed: Readonly<Record<string, string>>,
): Properties {
  const { resource, inputs, seed } = instance;
  const arn = arnOf(instance, place) ?? "";
  const input = (name: string): string => text(inputs[name]) ?? "";
  const general: Record<string, Value> = {};
  for (const name of Object.keys(computed)) {
    const value = generalValue(name, arn, place);
    if (value !== undefined) {
      general[name] = value;
    }
  }
  return { ...general, ...made[resource.type]?.({ place, seed, inputs, input, arn, id: instance.id ?? "" }) };
}

function generalValue(name: string, arn: string, { account }: Place): Value | undefined {
  const names: Readonly<Record<string, Value>> = {
    arn,
    ownerId: account,
    registryId: account,
    owner: account,
    status: "ACTIVE",
  };
  return names[name];
}

function certificate({ input, inputs, seed }: Making): Properties {
  const domain = input("domainName");
  const others = inputs.subjectAlternativeNames;
  const names = [domain, ...(Array.isArray(others) ? others.map((it) => text(it) ?? "") : [])];
  return {
    status: "ISSUED",
    type: "AMAZON_ISSUED",
    validationMethod: "DNS",
    domainValidationOptions: names.map((name) => ({
      domainName: name,
      resourceRecordName: `_${hex(`${seed} ${name}`, 32)}.${name.replace(/^\*\./, "")}.`,
      resourceRecordType: "CNAME",
      resourceRecordValue: `_${hex(`${name} ${seed}`, 32)}.acm-validations.aws.`,
    })),
  };
}

function database({ input, inputs, place, seed }: Making): Properties {
  const identifier = databaseIdentifier(seed, input("identifier"));
  const port = number(inputs.port) ?? databasePorts[input("engine")] ?? 5432;
  const address = `${identifier}.${alphanumeric(place.account + place.region, 12)}.${place.region}.rds.amazonaws.com`;
  const managed = object(inputs).manageMasterUserPassword === true;
  const secretArn = `arn:aws:secretsmanager:${place.region}:${place.account}:secret:rds!db-${uuid(seed)}-${alphanumeric(seed, 6)}`;
  return {
    identifier,
    address,
    endpoint: `${address}:${port}`,
    port,
    status: "available",
    engineVersionActual: input("engineVersion"),
    resourceId: `db-${alphanumeric(seed, 26).toUpperCase()}`,
    masterUserSecrets: managed ? [{ kmsKeyId: "", secretArn, secretStatus: "active" }] : [],
  };
}

/** What CloudWatch takes as a dimension: `app/name/id`, `targetgroup/name/id`. */
function suffix(arn: string, without: string): string {
  return arn.slice(arn.lastIndexOf(":") + 1).replace(without, "");
}

/** ElastiCache shortens regions: us-east-1 → use1. */
function region(place: Place): string {
  const [area = "", direction = "", index = ""] = place.region.split("-");
  return `${area}${direction.charAt(0)}${index}`;
}
