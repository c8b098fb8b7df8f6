import { expect, test } from "vitest";
import { root } from "../../../cli/root.ts";
import { readStackFile } from "../../../stacks/files.ts";
import { readSettings } from "../../../stacks/read.ts";
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
