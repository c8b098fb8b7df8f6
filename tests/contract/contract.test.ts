import { beforeAll, describe, expect, test } from "vitest";
import type { Settings } from "../../components/settings.ts";
import { describePlatform, isWorkload, type PlatformSpec } from "../../components/specification.ts";
import { targets } from "../../components/targets/index.ts";
import { stacks } from "../support/stacks.ts";
import { idle } from "./compare.ts";
import { contracts, targetNames } from "./contracts.ts";
import { type Case, caseOf, judge } from "./judge.ts";
import { samplePlatform } from "./samples.ts";
import { stated } from "./stated.ts";

/** One secret from the Pulumi config, so that both kinds of source are looked at on ECS. */
const secrets = { tokenSigningKey: { config: "tokenSigningKey" } };

const samples = ({ target }: Settings): PlatformSpec => samplePlatform(target);

const table = [
  ...stacks.map((stack) => ({ title: `${stack} as it is`, stack, platform: describePlatform, more: {} })),
  { title: "samples", stack: "prod", platform: samples, more: { secrets } },
  {
    title: "samples by a load balancer, on every address",
    stack: "dev",
    platform: samples,
    more: { kubernetes: { publicAccess: { kind: "load-balancer" } }, docker: { publicAddress: "0.0.0.0" } },
  },
];

test("every target has a contract here", () => {
  expect(targets.map(({ name }) => name)).toEqual([...targetNames]);
});

describe.each(targetNames)("%s", (target) => {
  const cases = new Map<string, Case>();
  beforeAll(async () => {
    for (const { title, stack, platform, more } of table) cases.set(title, await caseOf(stack, target, platform, more));
  }, 120_000);
  const caseNamed = (title: string): Case => {
    const found = cases.get(title);
    if (found === undefined) throw new Error(`no case ${title}`);
    return found;
  };

  test.each(table.map(({ title }) => title))(
    "%s: what was stated is what came out, or a row of the differences",
    (title) => {
      expect(judge(caseNamed(title)).complaints).toEqual([]);
    },
  );

  test("every row of the differences is needed, and every allowance stands on one", () => {
    const used = new Set([...cases.values()].flatMap((one) => judge(one).used));
    const { allowances, elsewhere } = contracts[target];
    const [differences] = targets.filter(({ name }) => name === target).map((descriptor) => descriptor.differences);
    expect(idle(differences ?? [], allowances, elsewhere, used)).toEqual([]);
  });

  test("the log level of every product in the stacks is known and looked at", () => {
    const { site } = caseNamed("prod as it is");
    const blind = site.members
      .filter(isWorkload)
      .filter((spec) => stated(spec, site.members, site.settings).logLevel === null);
    expect(blind).toEqual([]);
  });
});
