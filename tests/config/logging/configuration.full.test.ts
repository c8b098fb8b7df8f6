import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loki, promtail } from "../../../cli/setup/monitoring.ts";
import { ensureTool } from "../../../cli/setup/tool.ts";
import { describePlatform, mountedFile } from "../../../components/specification.ts";
import { settingsOf } from "../../support/stacks.ts";
import { places } from "../alerts/places.ts";

let programs: { readonly loki: string; readonly promtail: string };
let folder: string;
beforeAll(async () => {
  programs = { loki: await ensureTool(loki), promtail: await ensureTool(promtail) };
  folder = mkdtempSync(join(tmpdir(), "logging-"));
  // The first time, Loki and Promtail are built.
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(places)("in $stack on $target", ({ stack, target }) => {
  test.each([
    ["loki", "/etc/loki/loki.yml", "-verify-config"],
    ["promtail", "/etc/promtail/promtail.yml", "-check-syntax"],
  ] as const)("it takes its configuration [requirement file/%s]", (member, path, flag) => {
    const file = join(folder, `${stack}-${target}-${member}.yml`);
    const platform = describePlatform(settingsOf(stack, target));
    writeFileSync(file, mountedFile(platform, member, path));
    const expand = platform.logging.find(({ name }) => name === member)?.args.filter((each) => /expand-env/.test(each));
    const words = [`-config.file=${file}`, ...(expand ?? []), flag];
    const { status, stdout, stderr } = spawnSync(programs[member], words, { encoding: "utf8" });
    expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
  });
});
