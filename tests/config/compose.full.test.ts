import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { ensureCompose } from "../../cli/setup/compose.ts";
import { probeImage } from "../../components/blueprint.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { composeDocument } from "../../components/targets/compose/document.ts";
import { secretVariable } from "../../components/targets/compose/service.ts";
import { dockerSection } from "../../components/targets/docker/section.ts";
import { secretNames } from "../../components/workload/index.ts";
import { execute, withFolder } from "../engine/support.ts";
import { settingsOf } from "../support/stacks.ts";

const settings = settingsOf("dev", "docker");
const document = composeDocument({
  workloads: membersOf(describePlatform(settings)).filter(isWorkload),
  section: dockerSection.parse({}),
  naming: { project: "trading-platform", stack: "compose", environment: settings.environment },
  probeImage: probeImage(settings),
  source: ({ name }, path) => `./${name}${path}`,
});

test("Docker Compose reads dev's file without a word; without a secret it says which", {
  timeout: 600_000,
}, async () => {
  const compose = await ensureCompose();
  await withFolder(async (folder) => {
    const file = join(folder, "compose.yml");
    await writeFile(file, stringify(document));
    const config = (environment: Readonly<Record<string, string>>) =>
      execute(compose, ["--file", file, "config", "--quiet"], { PATH: process.env.PATH, HOME: folder, ...environment });
    const secrets = Object.fromEntries(secretNames.map((name) => [secretVariable(name), "secret"]));
    expect(await config(secrets)).toEqual({ code: 0, stdout: "", stderr: "" });
    const refused = await config({});
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/required variable [A-Z_]+ is missing/);
  });
});
