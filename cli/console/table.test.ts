import { expect, test } from "vitest";
import { table } from "./table.ts";

test("aligns words to the left and numbers to the right", () => {
  expect(
    table([
      ["stack", "resources"],
      ["dev", "7"],
      ["prod", "1234"],
    ]),
  ).toBe("stack  resources\ndev            7\nprod        1234");
});
