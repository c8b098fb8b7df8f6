import { expect, test } from "vitest";
import { settingsInVault } from "../../components/vault/testing.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { afterAuthority, howToBring } from "./report.ts";

test.each([
  ["dev", "docker", "now ./platform up dev: members read their new certificates while they run"],
  ["prod", "kubernetes", "now ./platform up prod: members read their new certificates while they run"],
] as const)("%s on %s: up brings the certificates", (stack, target, said) => {
  expect(howToBring(settingsOf(stack, target))).toBe(said);
});

test("what Vault holds comes by its agents as it is; a task on ECS has it at its start", () => {
  for (const [stack, target] of [
    ["dev", "docker"],
    ["prod", "kubernetes"],
  ] as const) {
    expect(howToBring(settingsInVault(stack, target))).toContain("to members that run within five minutes");
  }
  expect(howToBring(settingsInVault("prod", "ecs"))).toContain("aws ecs update-service --force-new-deployment");
});

test("another authority in Vault starts Alertmanagers that gossip anew: up would not", () => {
  expect(afterAuthority(settingsInVault("prod", "kubernetes"))).toContain(
    "kubectl rollout restart statefulset/alertmanager --namespace=trading-prod",
  );
  for (const settings of [
    settingsOf("prod", "kubernetes"),
    settingsInVault("dev", "docker"),
    settingsInVault("prod", "ecs"),
  ]) {
    expect(afterAuthority(settings)).toBeUndefined();
  }
});
