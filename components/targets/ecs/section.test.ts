import { describe, expect, test } from "vitest";
import { section } from "./samples.ts";
import { ecsSection } from "./section.ts";
import { subnetPlan } from "./subnets.ts";

const least = { region: section.region, accountId: section.accountId, certificateArn: section.certificateArn };
const messages = (raw: unknown) =>
  ecsSection.safeParse(raw).error?.issues.map(({ path, message }) => `${path.join(".")} ${message}`) ?? [];

describe("the section of a stack file", () => {
  test("needs account, region and a certificate or zone, and no more", () => {
    expect(ecsSection.parse(least)).toMatchObject({
      network: { cidr: "10.40.0.0/16", zones: ["a", "b"] },
      hosts: { instanceType: "m7i.large", minimum: 2, maximum: 12 },
    });
    expect(messages({ region: section.region, accountId: section.accountId })).toEqual([
      expect.stringContaining("needs certificateArn (and a DNS record by hand) or hostedZoneId"),
    ]);
    expect(messages({}).join("\n")).toMatch(/region is missing[\s\S]*accountId is missing/);
  });

  test.each([
    [{ ...least, accountId: 111122223333 }, /accountId/],
    [{ ...least, hosts: { instanceType: "t3.large" } }, /"t3.large" is not an x86 type with ENI trunking/],
    [{ ...least, hosts: { minimum: 5, maximum: 2 } }, /maximum must not be below minimum/],
    [
      { ...least, region: "us-east-1" },
      /certificateArn is of eu-central-1, and the load balancer is in region \(us-east-1\)/,
    ],
    [{ ...least, network: { zones: ["a"] } }, /at least two zones/],
    [{ ...least, network: { zones: ["a", "a"] } }, /names a zone twice/],
    [{ ...least, network: { cidr: "192.168.0.0/16" } }, /must be a \/16 of 10\.0\.0\.0\/8/],
    [{ ...least, alarmSubscribers: ["slack"] }, /e-mail address or an https URL/],
    [{ ...least, regoin: "x" }, /regoin/],
  ])("refuses %#", (raw, message) => expect(messages(raw).join("\n")).toMatch(message));

  test("splits its network without overlap", () => {
    const plan = subnetPlan("eu-central-1", { cidr: "10.7.0.0/16", zones: ["a", "b", "c"] });
    const blocks = plan.flatMap((zone) => [zone.public, zone.private, zone.data]);
    expect(new Set(blocks).size).toBe(9);
    for (const block of blocks) expect(block).toMatch(/^10\.7\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d)\.0\/20$/);
    expect(plan.map(({ zone }) => zone)).toEqual(["eu-central-1a", "eu-central-1b", "eu-central-1c"]);
  });
});
