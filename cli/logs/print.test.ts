import { expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { elsewhere, printFromLoki } from "./print.ts";

test("without Loki it is said why, so that the containers are asked in its place", async () => {
  const settings = { ...settingsOf("dev"), without: ["promtail"] };
  expect(await printFromLoki(settings, {}, undefined)).toBe("dev leaves out promtail");
});

test("elsewhere than on Docker the way to the containers' own lines is told", () => {
  expect(elsewhere("Loki does not answer", "kubernetes").message).toBe(
    "Loki does not answer; the containers' own lines are read by kubectl logs",
  );
  expect(elsewhere("Loki does not answer", "ecs").message).toContain("docker logs, over Session Manager");
});
