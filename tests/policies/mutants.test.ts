import { describe, expect, test } from "vitest";
import { table } from "../../cli/console/table.ts";
import { settingsOf } from "../support/stacks.ts";
import { GUARDS } from "./guards.ts";
import { bootstrapProgram, killersOf, mutantsOf, programOf, violationsIn, withoutGuard } from "./mutants.ts";
import { UNGUARDED } from "./unguarded.ts";

const PROGRAMS = [
  { name: "dev on docker", load: () => programOf(settingsOf("dev", "docker")) },
  { name: "prod on ecs", load: () => programOf(settingsOf("prod", "ecs")) },
  { name: "prod on kubernetes", load: () => programOf(settingsOf("prod", "kubernetes")) },
  { name: "bootstrap", load: bootstrapProgram },
] as const;

const used = new Set<object>();
let count = 0;

describe.each(PROGRAMS)("$name", ({ name, load }) => {
  test("each safety setting, weakened, is found by exactly the policy that guards it", async () => {
    const program = await load();
    const before = new Set(violationsIn(program));
    const mutants = mutantsOf(program);
    const survivors = mutants.flatMap((mutant) => {
      used.add(mutant.guard);
      const killers = killersOf(mutant, before);
      const { guard, resource, path } = mutant;
      if (killers.length === 1 && killers[0] === guard.policy) return [];
      return [
        [resource.type, resource.name, path, JSON.stringify(guard.weak), guard.policy, killers.join(", ") || "none"],
      ];
    });
    count += mutants.length;
    console.log(`${name}: ${mutants.length} mutants, ${survivors.length} survivors`);
    if (survivors.length > 0) {
      console.log(
        table([["type", "resource", "setting", "weakened to", "must be found by", "found by"], ...survivors]),
      );
    }
    expect(survivors).toEqual([]);
  });
});

test.each(PROGRAMS)("$name: a setting that nothing guards is listed with its reason", async ({ load }) => {
  const open = withoutGuard(await load());
  const unexplained = open.filter(([type, path]) => {
    const reasons = UNGUARDED.filter(([ofType, ofPath]) => ofType.test(type) && ofPath.test(path));
    for (const reason of reasons) used.add(reason);
    return reasons.length === 0;
  });
  expect(unexplained).toEqual([]);
});

test("every reason is about a setting that there is", () => {
  expect(UNGUARDED.filter((reason) => !used.has(reason)).map(([, path, reason]) => `${path.source} ${reason}`)).toEqual(
    [],
  );
});

test("every guard has a mutant, and there are many", () => {
  const idle = GUARDS.filter((guard) => !used.has(guard)).map(({ path, policy }) => `${policy} ${path.source}`);
  expect(idle).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(60);
});
