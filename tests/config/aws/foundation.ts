import { type Mappings, of, present, records, tagList } from "./call.ts";

const roleOf = (resource: string) => of(`aws:iam/role:Role ${resource}`, "Role", "RoleName");

/** Buckets, keys, roles and whom they trust: what everything else stands on. */
export const foundationMappings: Mappings = {
  "aws:kms/key:Key": ({ description, policy, enableKeyRotation, tags }, name) => [
    {
      service: "kms",
      operation: "CreateKey",
      parameters: present({ Description: description, Policy: policy, Tags: tagList(tags, "TagKey", "TagValue") }),
    },
    ...(enableKeyRotation === true
      ? [
          {
            label: `aws:kms/key:Key ${name} turns`,
            service: "kms",
            operation: "EnableKeyRotation",
            parameters: { KeyId: of(`aws:kms/key:Key ${name}`, "KeyMetadata", "KeyId") },
          },
        ]
      : []),
  ],
  "aws:kms/alias:Alias": (inputs, name) => [
    {
      service: "kms",
      operation: "CreateAlias",
      parameters: { AliasName: inputs.name, TargetKeyId: of(`aws:kms/key:Key ${name}`, "KeyMetadata", "KeyId") },
    },
  ],
  "aws:s3/bucket:Bucket": ({ bucket }) => [
    {
      service: "s3",
      operation: "CreateBucket",
      parameters: { Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } },
    },
  ],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ({ bucket, ...blocks }) => [
    {
      service: "s3",
      operation: "PutPublicAccessBlock",
      parameters: {
        Bucket: bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: blocks.blockPublicAcls,
          BlockPublicPolicy: blocks.blockPublicPolicy,
          IgnorePublicAcls: blocks.ignorePublicAcls,
          RestrictPublicBuckets: blocks.restrictPublicBuckets,
        },
      },
    },
  ],
  "aws:s3/bucketVersioning:BucketVersioning": ({ bucket, versioningConfiguration }) => [
    {
      service: "s3",
      operation: "PutBucketVersioning",
      parameters: {
        Bucket: bucket,
        VersioningConfiguration: { Status: records([versioningConfiguration])[0]?.status },
      },
    },
  ],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ({ bucket, rules }) => [
    {
      service: "s3",
      operation: "PutBucketEncryption",
      parameters: {
        Bucket: bucket,
        ServerSideEncryptionConfiguration: {
          Rules: records(rules).map((rule) => {
            const [byDefault] = records([rule.applyServerSideEncryptionByDefault]);
            return present({
              BucketKeyEnabled: rule.bucketKeyEnabled,
              ApplyServerSideEncryptionByDefault: present({
                SSEAlgorithm: byDefault?.sseAlgorithm,
                KMSMasterKeyID: byDefault?.kmsMasterKeyId,
              }),
            });
          }),
        },
      },
    },
  ],
  "aws:s3/bucketPolicy:BucketPolicy": ({ bucket, policy }) => [
    { service: "s3", operation: "PutBucketPolicy", parameters: { Bucket: bucket, Policy: policy } },
  ],
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ({ url, clientIdLists, tags }) => [
    {
      service: "iam",
      operation: "CreateOpenIDConnectProvider",
      parameters: present({ Url: url, ClientIDList: clientIdLists, Tags: tagList(tags, "Key", "Value") }),
    },
  ],
  "aws:iam/policy:Policy": ({ name, description, policy, tags }) => [
    {
      service: "iam",
      operation: "CreatePolicy",
      parameters: present({
        PolicyName: name,
        Description: description,
        PolicyDocument: policy,
        Tags: tagList(tags, "Key", "Value"),
      }),
    },
  ],
  // The boundary of a stack's role is bootstrap's to make, in another stack: moto would miss it.
  "aws:iam/role:Role": ({ name: called, path, description, assumeRolePolicy, maxSessionDuration, tags }, name) => [
    {
      service: "iam",
      operation: "CreateRole",
      parameters: present({
        RoleName: called ?? name,
        Path: path,
        Description: description,
        AssumeRolePolicyDocument: assumeRolePolicy,
        MaxSessionDuration: maxSessionDuration,
        Tags: tagList(tags, "Key", "Value"),
      }),
    },
  ],
  "aws:iam/rolePolicy:RolePolicy": ({ policy }, name) => [
    {
      service: "iam",
      operation: "PutRolePolicy",
      parameters: { RoleName: roleOf(name), PolicyName: name, PolicyDocument: policy },
    },
  ],
};
