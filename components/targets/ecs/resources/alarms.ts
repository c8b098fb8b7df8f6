import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type AlarmSettings, alarm, releaseAlarms } from "../alarms.ts";
import type { EcsStack } from "./stack.ts";

/** What Prometheus cannot see, told to the section's `alarmSubscribers`. */
export class Alarms extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:ecs:Alarms";
  readonly topicArn: pulumi.Output<string>;
  readonly #stack: EcsStack;

  constructor(stack: EcsStack, parent: pulumi.Resource) {
    super(Alarms.__pulumiType, "alarms", {}, { parent });
    this.#stack = stack;
    const { names, section } = stack;
    const tags = stack.tags("alarms");
    const here = stack.under(this);
    // Not encrypted by a key: neither CloudWatch nor EventBridge may use the account's default one, and nothing secret passes.
    const topic = new aws.sns.Topic("alarms", { name: `${names.prefix}-alarms`, tags }, here);
    new aws.sns.TopicPolicy(
      "alarms",
      { arn: topic.arn, policy: topic.arn.apply((arn) => publishers(arn, section.accountId)) },
      here,
    );
    for (const endpoint of section.alarmSubscribers) {
      const protocol = endpoint.startsWith("https://") ? "https" : "email";
      new aws.sns.TopicSubscription(endpoint, { topic: topic.arn, protocol, endpoint }, here);
    }
    this.topicArn = topic.arn;
    this.registerOutputs({ topicArn: topic.arn });
  }

  /** Failed deployments of the cluster's services; ECS tells of them by events only. */
  deployments(clusterName: string): void {
    const { section, tags, under } = this.#stack;
    const rule = new aws.cloudwatch.EventRule(
      "deployments",
      {
        description: `ECS gave up a deployment in ${clusterName}`,
        eventPattern: JSON.stringify({
          source: ["aws.ecs"],
          "detail-type": ["ECS Deployment State Change"],
          resources: [{ prefix: `arn:aws:ecs:${section.region}:${section.accountId}:service/${clusterName}/` }],
          detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
        }),
        tags: tags("alarms"),
      },
      under(this),
    );
    new aws.cloudwatch.EventTarget("deployments", { rule: rule.name, arn: this.topicArn }, under(this));
  }

  database(name: string, identifier: pulumi.Input<string>, sizeGiB: number, parent: pulumi.Resource): void {
    const dimensions = { DBInstanceIdentifier: identifier };
    this.#alarm(`${name}-storage`, alarm.databaseStorage(sizeGiB), dimensions, parent);
    this.#alarm(`${name}-cpu`, alarm.databaseCpu, dimensions, parent);
    this.#alarm(`${name}-memory`, alarm.databaseMemory, dimensions, parent);
  }

  cache(name: string, group: pulumi.Input<string>, parent: pulumi.Resource): void {
    // Metrics are of nodes; the first is `<group>-001`.
    const dimensions = { CacheClusterId: pulumi.interpolate`${group}-001` };
    this.#alarm(`${name}-cpu`, alarm.cacheCpu, dimensions, parent);
  }

  balancer(arnSuffix: pulumi.Input<string>, parent: pulumi.Resource): void {
    this.#alarm("balancer-errors", alarm.balancerErrors, { LoadBalancer: arnSuffix }, parent);
  }

  /** Those that take a release back: {@link releaseAlarms}. */
  release(loadBalancer: pulumi.Input<string>, targetGroup: pulumi.Input<string>): readonly pulumi.Resource[] {
    const dimensions = { LoadBalancer: loadBalancer, TargetGroup: targetGroup };
    const [errors, unhealthy] = releaseAlarms;
    const settings = alarm.releaseErrors(this.#stack.section.rollback.errorsPerMinute);
    return [
      this.#alarm(errors, settings, dimensions, this),
      this.#alarm(unhealthy, alarm.releaseUnhealthy, dimensions, this),
    ];
  }

  #alarm(
    name: string,
    settings: AlarmSettings,
    dimensions: Record<string, pulumi.Input<string>>,
    parent: pulumi.Resource,
  ): pulumi.Resource {
    const { names, tags, under } = this.#stack;
    const told = { alarmActions: [this.topicArn], okActions: [this.topicArn] };
    const args = { name: `${names.prefix}-${name}`, ...settings, dimensions, ...told, tags: tags("alarms") };
    return new aws.cloudwatch.MetricAlarm(name, args, under(parent));
  }
}

const publishers = (topicArn: string, accountId: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Alarms",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
      {
        // No condition: EventBridge says to no topic on whose behalf it comes ("You can't use of Condition blocks in Amazon SNS
        // topic policies for EventBridge", its user guide), and what does not come is nowhere told.
        Sid: "Events",
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topicArn,
      },
    ],
  });
