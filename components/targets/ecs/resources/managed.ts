import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { managedPassword } from "../../../secrets.ts";
import type { ManagedCache, ManagedDatabase, ManagedService } from "../../../workload/index.ts";
import { cacheEngine, databaseParameters } from "../managed.ts";
import type { Alarms } from "./alarms.ts";
import type { SecurityGroups } from "./groups.ts";
import type { Network } from "./network.ts";
import { writtenPassword } from "./secrets.ts";
import type { EcsStack } from "./stack.ts";

interface ManagedArgs {
  readonly stack: EcsStack;
  readonly network: Network;
  readonly groups: SecurityGroups;
  readonly alarms: Alarms;
  /** Id of the Cloud Map namespace. */
  readonly namespaceId: pulumi.Input<string>;
}

/** A database or cache of the cloud, answering under its member's name. */
export class Managed extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:ecs:Managed";

  constructor(service: ManagedService, args: ManagedArgs, parent: pulumi.Resource) {
    const { name, engine, version, multiZone } = service;
    super(Managed.__pulumiType, name, { engine, version, multiZone }, { parent });
    const address = service.engine === "postgres" ? this.#database(service, args) : this.#cache(service, args);
    this.#name(name, address, args);
    this.registerOutputs({ address });
  }

  #database(service: ManagedDatabase, { stack, network, groups, alarms }: ManagedArgs): pulumi.Output<string> {
    const { name, backupRetention } = service;
    const tags = stack.tags(name);
    const here = stack.under(this);
    const subnets = new aws.rds.SubnetGroup(name, { subnetIds: [...network.dataSubnetIds], tags }, here);
    const parameters = new aws.rds.ParameterGroup(
      name,
      {
        family: `postgres${service.version.split(".")[0]}`,
        parameters: databaseParameters(service.parameters),
        tags,
      },
      here,
    );
    const password = writtenPassword(stack, managedPassword("postgres"), this);
    const instance = new aws.rds.Instance(
      name,
      {
        engine: "postgres",
        engineVersion: service.version,
        instanceClass: service.instanceClass,
        allocatedStorage: service.sizeGiB,
        // Grows by itself up to twice the size: a full disk stops the database.
        maxAllocatedStorage: service.sizeGiB * 2,
        storageType: "gp3",
        storageEncrypted: true,
        dbName: service.database,
        username: service.user,
        passwordWo: password.value,
        passwordWoVersion: password.version,
        port: service.port,
        dbSubnetGroupName: subnets.name,
        parameterGroupName: parameters.name,
        vpcSecurityGroupIds: [groups.of(name)],
        publiclyAccessible: false,
        multiAz: service.multiZone,
        backupRetentionPeriod: Math.ceil(backupRetention.seconds / 86_400),
        copyTagsToSnapshot: true,
        deletionProtection: service.deletionProtection,
        skipFinalSnapshot: !service.deletionProtection,
        ...(service.deletionProtection ? { finalSnapshotIdentifier: `${stack.names.prefix}-${name}-final` } : {}),
        autoMinorVersionUpgrade: true,
        performanceInsightsEnabled: true,
        performanceInsightsRetentionPeriod: 7,
        enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
        tags,
      },
      here,
    );
    alarms.database(name, instance.identifier, service.sizeGiB, this);
    return instance.address;
  }

  #cache(service: ManagedCache, { stack, network, groups, alarms }: ManagedArgs): pulumi.Output<string> {
    const { name } = service;
    const tags = stack.tags(name);
    const here = stack.under(this);
    const { engine, engineVersion, family } = cacheEngine(service.version);
    const subnets = new aws.elasticache.SubnetGroup(name, { subnetIds: [...network.dataSubnetIds], tags }, here);
    const parameters = new aws.elasticache.ParameterGroup(
      name,
      { family, parameters: Object.entries(service.parameters).map(([key, value]) => ({ name: key, value })), tags },
      here,
    );
    const token = writtenPassword(stack, managedPassword("redis"), this);
    const group = new aws.elasticache.ReplicationGroup(
      name,
      {
        description: `${name} of ${stack.names.prefix}`,
        engine,
        engineVersion,
        nodeType: service.instanceClass,
        numCacheClusters: service.multiZone ? 2 : 1,
        automaticFailoverEnabled: service.multiZone,
        multiAzEnabled: service.multiZone,
        port: service.port,
        subnetGroupName: subnets.name,
        parameterGroupName: parameters.name,
        securityGroupIds: [groups.of(name)],
        atRestEncryptionEnabled: true,
        transitEncryptionEnabled: true,
        authTokenWo: token.value,
        authTokenWoVersion: token.version,
        snapshotRetentionLimit: Math.ceil(service.backupRetention.seconds / 86_400),
        tags,
      },
      here,
    );
    alarms.cache(name, group.id, this);
    return group.primaryEndpointAddress;
  }

  /** A CNAME in the namespace. Its zone takes records through Cloud Map alone, so the service is registered there. */
  #name(name: string, address: pulumi.Output<string>, { stack, namespaceId }: ManagedArgs): void {
    const here = stack.under(this);
    const registered = new aws.servicediscovery.Service(
      name,
      {
        name,
        dnsConfig: { namespaceId, routingPolicy: "WEIGHTED", dnsRecords: [{ type: "CNAME", ttl: 10 }] },
        forceDestroy: true,
        tags: stack.tags(name),
      },
      here,
    );
    new aws.servicediscovery.Instance(
      name,
      { serviceId: registered.id, instanceId: name, attributes: { AWS_INSTANCE_CNAME: address } },
      here,
    );
  }
}
