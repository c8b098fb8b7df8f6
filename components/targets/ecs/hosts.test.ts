import { expect, test } from "vitest";
import { root } from "../../../cli/root.ts";
import { readStackFile } from "../../../stacks/files.ts";
import { readSettings } from "../../../stacks/read.ts";
import { render } from "../../../tests/support/render.ts";
import { describePlatform, membersOf } from "../../specification.ts";
import { capacityProblems } from "./capacity.ts";
import { section } from "./samples.ts";

const membersIn = (stack: string) => membersOf(describePlatform(readSettings(readStackFile(root, stack))));

test.each(["staging", "prod"])(
  "the default number of hosts holds all that %s runs at most, a release under way",
  (stack) => expect(capacityProblems(membersIn(stack), section)).toEqual([]),
);

test("fewer hosts than production needs are refused, with the number that it needs", () => {
  const few = { ...section, hosts: { ...section.hosts, maximum: 6 } };
  expect(capacityProblems(membersIn("prod"), few).join()).toMatch(
    /^ecs\.hosts\.maximum: 6 hosts of m7i\.large are too few: .* need (\d+) \(.*\); say \1 or take a larger type$/,
  );
});

test("hosts that are always there hold what always runs; fewer are refused, with both numbers", () => {
  const backend = { scaling: { replicas: 40 } };
  const config = { ...readStackFile(root, "prod").config, backend };
  const members = membersOf(describePlatform(readSettings({ stack: "prod", config })));
  const large = { ...section, hosts: { ...section.hosts, minimum: 3, maximum: 100 } };
  const [problem = "", ...others] = capacityProblems(members, large);
  expect(others).toEqual([]);
  const says =
    /^ecs\.hosts\.minimum: 3 hosts of m7i\.large are too few: all replicas at their minimum need (\d+) \(.*\); say \1 or take a larger type$/;
  const [, needed] = says.exec(problem) ?? [];
  expect(Number(needed)).toBeGreaterThan(3);
  const enough = { ...large, hosts: { ...large.hosts, minimum: Number(needed) } };
  expect(capacityProblems(members, enough)).toEqual([]);
});

test("hosts and load balancer are made when the network leads out: the monitoring host's first boot installs what it needs", async () => {
  const settings = readSettings(readStackFile(root, "staging"));
  const { resources } = await render(settings, describePlatform(settings));
  const waits = resources
    .filter(({ type }) => ["aws:autoscaling/group:Group", "aws:lb/loadBalancer:LoadBalancer"].includes(type))
    .map(({ name, options }) => [name, options.dependsOn.includes("network")]);
  expect(waits.sort()).toEqual([
    ["balancer", true],
    ["hosts", true],
    ["monitoring-host", true],
  ]);
});
