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
  expect(said).not.toContain("not here:");
});

test("what has no image is told once more at the end, between what there is to look at and who logs in", () => {
  const settings = settingsOf("dev", undefined, { without: ["grafana"] });
  const said = nextSteps(settings, ["grafana is left out: why; what brings it"], home).join("\n");
  expect(said).toMatch(
    /^look at:\n(?: {2}\S+: http\S+\n)+not here:\n {2}grafana is left out: why; what brings it\nlog in as:/,
  );
  expect(said.match(/grafana/g)).toHaveLength(1);
});

test("nothing is said of what the settings leave out, and no drill where faults cannot be switched on", () => {
  const settings = settingsOf("dev", undefined, { backend: { faults: false }, without: ["grafana"] });
  const said = nextSteps(settings, [], home).join("\n");
  expect(said).not.toContain("grafana");
  expect(said).not.toContain("drill");
});
