import { expect, test } from "vitest";
import { settingsInVault } from "../../components/vault/testing.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { howToBring } from "./report.ts";

test.each([
  ["dev", "docker", "now ./platform up dev: members read their new certificates while they run"],
  ["prod", "kubernetes", "now ./platform up prod: members read their new certificates while they run"],
] as const)("%s on %s: up brings the certificates", (stack, target, said) => {
  expect(howToBring(settingsOf(stack, target))).toBe(said);
});

test("what Vault holds comes by its agents: as it is on Docker, at the next start elsewhere", () => {
  expect(howToBring(settingsInVault("dev", "docker"))).toContain("to members that run within five minutes");
  expect(howToBring(settingsInVault("prod", "kubernetes"))).toContain(
    "kubectl rollout restart deployment,statefulset --namespace=trading-prod",
  );
  expect(howToBring(settingsInVault("prod", "ecs"))).toContain("aws ecs update-service --force-new-deployment");
});
