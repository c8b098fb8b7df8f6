import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EcsStack } from "./stack.ts";

interface PrivateBucketArgs {
  readonly stack: EcsStack;
  /** The bucket's whole name. */
  readonly bucket: string;
  readonly component: string;
  /** Objects leave after so many days; default: never. */
  readonly expireDays?: number;
  /** Statements of its policy beside the one that refuses plain HTTP. */
  readonly statements?: readonly object[];
}

/** A bucket that nobody outside the account sees: encrypted, TLS only, owners without access lists. */
export class PrivateBucket extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:ecs:PrivateBucket";
  readonly bucket: pulumi.Output<string>;
  /** Resolves when the bucket's policy is in force. */
  readonly policy: aws.s3.BucketPolicy;

  constructor(name: string, args: PrivateBucketArgs, parent: pulumi.Resource) {
    super(PrivateBucket.__pulumiType, name, {}, { parent });
    const { stack, component, expireDays } = args;
    // Logs and configuration of production are taken away by hand, never by a change of the stack; until then they stay as
    // protected as they were. Elsewhere they go with it: S3 deletes no bucket that holds something, and each of these does.
    const kept = { retainOnDelete: stack.production };
    const here = stack.under(this, kept);
    const made = new aws.s3.Bucket(
      name,
      { bucket: args.bucket, forceDestroy: !stack.production, tags: stack.tags(component) },
      here,
    );
    const bucket = made.id;
    const access = new aws.s3.BucketPublicAccessBlock(
      name,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      here,
    );
    new aws.s3.BucketOwnershipControls(name, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, here);
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      here,
    );
    new aws.s3.BucketLifecycleConfiguration(name, { bucket, rules: lifecycle(expireDays) }, here);
    this.policy = new aws.s3.BucketPolicy(
      name,
      { bucket, policy: bucketPolicy(args.bucket, args.statements ?? []) },
      stack.under(this, { ...kept, dependsOn: access }),
    );
    this.bucket = bucket;
    this.registerOutputs({ bucket });
  }
}

const lifecycle = (expireDays: number | undefined) => [
  {
    id: "unfinished-uploads",
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
  },
  ...(expireDays === undefined
    ? []
    : [{ id: "expire", status: "Enabled", filter: { prefix: "" }, expiration: { days: expireDays } }]),
];

/** Plain HTTP is refused, whoever asks; `statements` stand beside it. */
export const bucketPolicy = (bucket: string, statements: readonly object[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      ...statements,
    ],
  });

/** Lets the region's load balancers write access logs. */
export const accessLogStatement = (bucket: string, accountId: string) => ({
  Sid: "AccessLogs",
  Effect: "Allow",
  Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
  Action: "s3:PutObject",
  Resource: `arn:aws:s3:::${bucket}/AWSLogs/${accountId}/*`,
});
