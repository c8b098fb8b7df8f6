import { expect, test } from "vitest";
import { chance } from "./chance.ts";

test("a seed says the same again, another one something else; every choice comes up about as often", () => {
  const said = (seed: number) => {
    const { oneOf } = chance(seed);
    return Array.from({ length: 3000 }, () => oneOf(["a", "b", "c"]));
  };
  expect(said(7)).toEqual(said(7));
  expect(said(7)).not.toEqual(said(8));
  for (const choice of ["a", "b", "c"]) {
    const count = said(7).filter((one) => one === choice).length;
    expect(count).toBeGreaterThan(900);
    expect(count).toBeLessThan(1100);
  }
  expect(() => chance(1).oneOf([])).toThrow("nothing to choose from");
});
