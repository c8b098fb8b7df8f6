import * as pulumi from "@pulumi/pulumi";
import type { TargetContext } from "../target.ts";
import { context, section } from "./samples.ts";
import type { EcsSection } from "./section.ts";

/** A resource as the program asked for it. */
export interface Asked {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Runs the target over the members without an engine; what it asked for, in the order of registration. */
export async function askedFor(
  wanted: Partial<TargetContext> = {},
  chosen: EcsSection = section,
): Promise<readonly Asked[]> {
  const all = { ...context, ...wanted };
  return recording(all.stack, "trading-platform", async () => {
    const { startEcs } = await import("./component.ts");
    const platform = new pulumi.ComponentResource("trading-platform:platform:TradingPlatform", "trading");
    const target = startEcs(chosen, all, platform);
    for (const member of all.members) {
      if (member.kind === "workload") target.workload(member, platform);
      else target.managedService(member, platform);
    }
  });
}

/** Runs a program without an engine, against mocks of AWS; what it asked for, in the order of registration. */
export async function recording(
  stack: string,
  project: string,
  program: () => Promise<unknown>,
): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        if (custom !== false) asked.push({ type, name, inputs });
        return { id: idOf(type, name, inputs), state: { ...inputs, ...madeBy(type, name, inputs) } };
      },
      call: ({ inputs }) => ({
        ...inputs,
        secretString: "from the entry",
        versionId: "000002a0-1111-2222-3333-444455556666",
      }),
    },
    project,
    stack,
    false,
  );
  try {
    await program();
  } finally {
    await pulumi.runtime.disconnect();
  }
  return asked;
}

/** As the provider says it: a bucket's is its name. */
const idOf = (type: string, name: string, { bucket }: Readonly<Record<string, unknown>>): string =>
  type === "aws:s3/bucket:Bucket" && typeof bucket === "string" ? bucket : `${name}-id`;

/** Outputs that the program goes on with. */
function madeBy(type: string, name: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const arn = `arn:aws:mock:eu-central-1:111122223333:${name}`;
  if (type === "aws:lb/targetGroup:TargetGroup") return { arn, arnSuffix: `targetgroup/${name}/0123456789abcdef` };
  if (type === "aws:lb/loadBalancer:LoadBalancer") {
    return { arn, arnSuffix: `app/${name}/0123456789abcdef`, dnsName: `${name}.example.com`, zoneId: "Z215JYRZR1TBD5" };
  }
  if (type === "aws:ec2/launchTemplate:LaunchTemplate") return { arn, latestVersion: 1 };
  if (type === "aws:acm/certificate:Certificate") {
    const { domainName, subjectAlternativeNames: others } = inputs;
    const option = (proven: unknown) => ({
      domainName: proven,
      resourceRecordName: `_a.${proven}`,
      resourceRecordType: "CNAME",
      resourceRecordValue: "_b.example.com",
    });
    return { arn, domainValidationOptions: [domainName, ...(Array.isArray(others) ? others : [])].map(option) };
  }
  if (type === "aws:rds/instance:Instance") return { arn, address: `${name}.rds.example.com`, identifier: name };
  if (type.startsWith("aws:elasticache/")) return { arn, primaryEndpointAddress: `${name}.cache.example.com` };
  return { arn };
}
