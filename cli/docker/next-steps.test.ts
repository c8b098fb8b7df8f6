import { expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { nextSteps } from "./next-steps.ts";

const home = { secretsFile: "/home/new/secrets.json" };

test("a newcomer is told where to look, as whom, and what to do next", () => {
  const said = nextSteps(settingsOf("dev"), [], home).join("\n");
  expect(said).toContain("  application: http://localhost\n");
  expect(said).toContain('  application: admin; the password is "applicationAdminPassword" in /home/new/secrets.json');
  expect(said).toContain('  grafana: admin; the password is "grafanaAdminPassword" in /home/new/secrets.json');
  expect(said).toContain("  ./platform open dev ");
  expect(said).toContain("  ./platform drill RedisDown ");
});

test("nothing is said of what is left out, and no drill where faults cannot be switched on", () => {
  const said = nextSteps(settingsOf("dev", undefined, { backend: { faults: false } }), ["grafana"], home).join("\n");
  expect(said).not.toContain("grafana");
  expect(said).not.toContain("drill");
});
