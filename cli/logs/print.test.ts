import { expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { printFromLoki } from "./print.ts";

test("without Loki it is said why, so that the containers are asked in its place", async () => {
  const settings = { ...settingsOf("dev"), without: ["promtail"] };
  expect(await printFromLoki(settings, {}, undefined, () => {})).toBe("dev leaves out promtail");
});
