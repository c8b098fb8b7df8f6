import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketPolicy } from "../components/targets/ecs/resources/buckets.ts";
import { stateBucket } from "./permissions.ts";
import type { BootstrapSettings } from "./settings.ts";

/** Days for which an earlier version of a state is kept: what a mistake can be undone from. */
const earlierVersionsDays = 90;

/** Where the stacks' states are: a bucket with every earlier version, under a key of its own. */
export class StateStore extends pulumi.ComponentResource {
  static readonly __pulumiType = "trading-platform:bootstrap:StateStore";
  readonly keyArn: pulumi.Output<string>;
  /** As `PULUMI_BACKEND_URL`. */
  readonly backend: string;
  /** As `--secrets-provider`. */
  readonly secretsProvider: string;

  constructor(name: string, settings: BootstrapSettings, options?: pulumi.ComponentResourceOptions) {
    super(StateStore.__pulumiType, name, {}, options);
    const { region, namespace, accountId } = settings;
    const here = { parent: this };
    const tags = { project: "trading-platform", component: "state", environment: "shared" };
    const key = new aws.kms.Key(
      name,
      {
        description: "States of the trading platform's stacks, and the secrets in them",
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: keyPolicy(accountId),
        tags,
      },
      // Without it no state can be read again.
      { ...here, protect: true },
    );
    const alias = `alias/${namespace}-state`;
    new aws.kms.Alias(name, { name: alias, targetKeyId: key.keyId }, here);
    this.#bucket(name, stateBucket(settings), key.arn, tags);
    this.keyArn = key.arn;
    this.backend = `s3://${stateBucket(settings)}?region=${region}`;
    this.secretsProvider = `awskms:///${alias}?region=${region}`;
    this.registerOutputs({ backend: this.backend, secretsProvider: this.secretsProvider });
  }

  #bucket(name: string, called: string, kmsMasterKeyId: pulumi.Output<string>, tags: Record<string, string>): void {
    const made = new aws.s3.Bucket(name, { bucket: called, tags }, { parent: this, protect: true });
    const bucket = made.id;
    const here = { parent: this };
    const access = new aws.s3.BucketPublicAccessBlock(
      name,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      here,
    );
    new aws.s3.BucketOwnershipControls(name, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, here);
    new aws.s3.BucketVersioning(name, { bucket, versioningConfiguration: { status: "Enabled" } }, here);
    const rule = {
      applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId },
      bucketKeyEnabled: true,
    };
    const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(name, { bucket, rules: [rule] }, here);
    // How states lie in it. Pulumi writes it where it is missing, which no deploy role may: other words would hide all states.
    new aws.s3.BucketObjectv2(
      "layout",
      { bucket, key: ".pulumi/meta.yaml", content: "version: 1\n", contentType: "application/yaml", tags },
      { parent: this, dependsOn: encryption },
    );
    const expire = {
      id: "earlier-versions",
      status: "Enabled",
      filter: { prefix: "" },
      noncurrentVersionExpiration: { noncurrentDays: earlierVersionsDays },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
    };
    new aws.s3.BucketLifecycleConfiguration(name, { bucket, rules: [expire] }, here);
    new aws.s3.BucketPolicy(name, { bucket, policy: bucketPolicy(called, []) }, { parent: this, dependsOn: access });
  }
}

/** The account's own policies say who may use it: those of the deploy roles. */
const keyPolicy = (accountId: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Account",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });
