import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { WorkloadSpec } from "../../../workload/index.ts";
import { accessLogStatement, PrivateBucket } from "./buckets.ts";
import { edgePort, type SecurityGroups } from "./groups.ts";
import type { Network } from "./network.ts";
import type { EcsStack } from "./stack.ts";

/** TLS 1.2 and 1.3 with forward secrecy only. */
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/** Seconds for which a leaving task may finish what it has begun; the gateway's own patience is 30 s. */
const deregistrationDelay = 30;

/** The way in for customers: HTTPS to the edge workload, HTTP sent on to HTTPS, access logs in S3. */
export class Balancer extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:ecs:Balancer";
  readonly targetGroupArn: pulumi.Output<string>;
  readonly dnsName: pulumi.Output<string>;
  /** As ALBRequestCountPerTarget wants it: `app/<name>/<id>/targetgroup/<name>/<id>`. */
  readonly resourceLabel: pulumi.Output<string>;
  /** A service may name the target group only when a listener uses it. */
  readonly listener: aws.lb.Listener;
  readonly arnSuffix: pulumi.Output<string>;
  readonly targetGroupArnSuffix: pulumi.Output<string>;

  constructor(stack: EcsStack, network: Network, groups: SecurityGroups, edge: WorkloadSpec, parent: pulumi.Resource) {
    super(Balancer.__pulumiType, "balancer", {}, { parent });
    const { section, names, production } = stack;
    const tags = stack.tags("balancer");
    const here = stack.under(this);
    const logs = new PrivateBucket(
      "access-logs",
      {
        stack,
        bucket: names.accessLogBucket,
        component: "balancer",
        expireDays: section.retentionDays.accessLogs,
        statements: [accessLogStatement(names.accessLogBucket, section.accountId)],
      },
      this,
    );
    const balancer = new aws.lb.LoadBalancer(
      "balancer",
      {
        loadBalancerType: "application",
        internal: false,
        subnets: [...network.publicSubnetIds],
        securityGroups: [groups.balancer],
        dropInvalidHeaderFields: true,
        enableDeletionProtection: production,
        accessLogs: { bucket: logs.bucket, enabled: true },
        tags,
      },
      // AWS refuses one that faces the internet in a network without a gateway to it.
      stack.under(this, { dependsOn: [logs.policy, network] }),
    );
    const target = new aws.lb.TargetGroup(edge.name, { vpcId: network.vpcId, ...targetGroup(edge), tags }, here);
    new aws.lb.Listener(
      "http",
      {
        loadBalancerArn: balancer.arn,
        port: 80,
        protocol: "HTTP",
        defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
        tags,
      },
      here,
    );
    this.listener = new aws.lb.Listener(
      "https",
      {
        loadBalancerArn: balancer.arn,
        port: 443,
        protocol: "HTTPS",
        sslPolicy: tlsPolicy,
        certificateArn: section.certificateArn ?? this.certificate(stack, section.hostedZoneId ?? ""),
        defaultActions: [{ type: "forward", targetGroupArn: target.arn }],
        tags,
      },
      here,
    );
    if (section.hostedZoneId !== undefined) {
      const alias = { name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true };
      const { domain, otherDomains } = stack.context;
      const record = (name: string) => ({ zoneId: section.hostedZoneId ?? "", name, type: "A", aliases: [alias] });
      new aws.route53.Record("domain", record(domain), here);
      for (const other of otherDomains) new aws.route53.Record(other, record(other), here);
    }
    this.targetGroupArn = target.arn;
    this.dnsName = balancer.dnsName;
    this.arnSuffix = balancer.arnSuffix;
    this.targetGroupArnSuffix = target.arnSuffix;
    this.resourceLabel = pulumi.interpolate`${balancer.arnSuffix}/${target.arnSuffix}`;
    this.registerOutputs({ dnsName: balancer.dnsName });
  }

  /** A certificate for the domain and what is below it, each proven by a record in its zone; renewed by the cloud. */
  private certificate(stack: EcsStack, zoneId: string): pulumi.Output<string> {
    const here = stack.under(this);
    const { domain, otherDomains } = stack.context;
    const certificate = new aws.acm.Certificate(
      "domain",
      {
        domainName: domain,
        ...(otherDomains.length === 0 ? {} : { subjectAlternativeNames: [...otherDomains] }),
        validationMethod: "DNS",
        tags: stack.tags("balancer"),
      },
      here,
    );
    const records = [domain, ...otherDomains].map((name, index) => {
      const proof = certificate.domainValidationOptions.apply((options) => {
        const option = options.find(({ domainName }) => domainName === name);
        if (option === undefined) throw new Error(`the certificate names no record that would prove ${name}`);
        return option;
      });
      return new aws.route53.Record(
        index === 0 ? "certificate" : `certificate-${name}`,
        {
          zoneId,
          name: proof.resourceRecordName,
          type: proof.resourceRecordType,
          records: [proof.resourceRecordValue],
          ttl: 300,
          allowOverwrite: true,
        },
        here,
      );
    });
    const validationRecordFqdns = records.map(({ fqdn }) => fqdn);
    return new aws.acm.CertificateValidation("domain", { certificateArn: certificate.arn, validationRecordFqdns }, here)
      .certificateArn;
  }
}

/** Readiness in the load balancer's words; two good answers bring a task in. */
function targetGroup(edge: WorkloadSpec) {
  const { check, interval, timeout, failureThreshold } = edge.probes.readiness;
  return {
    port: edgePort(edge),
    protocol: "HTTP",
    targetType: "ip",
    deregistrationDelay,
    healthCheck: {
      path: check.kind === "http" ? check.path : "/",
      protocol: "HTTP",
      matcher: "200-299",
      interval: interval.seconds,
      timeout: timeout.seconds,
      unhealthyThreshold: failureThreshold,
      healthyThreshold: 2,
    },
  };
}
