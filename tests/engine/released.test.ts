import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runOffline } from "../../cli/engine/offline.ts";
import { openProject } from "../../cli/engine/project.ts";
import { changeLines } from "../../cli/engine/report/change.ts";
import { passed, type RunResult } from "../../cli/engine/result.ts";
import { writeReleases } from "../../cli/release/record.ts";
import { root } from "../../cli/root.ts";
import { releaseEnvironment } from "../../stacks/releases.ts";
import { withBackend, withFolder } from "./support.ts";

/** What the program is made of. */
const parts = ["components", "stacks", "index.ts", "package.json", "Pulumi.yaml", "Pulumi.dev.yaml"];

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const release = {
  version: "1.4.0",
  images: { backend: digest("a"), frontend: digest("b"), "alert-sink": digest("c"), probe: digest("d") },
  migration: 6,
  since: "2026-11-26T08:30:00.000Z",
  by: "anna",
};

const changed = ({ steps }: RunResult) =>
  steps.filter(({ change }) => change !== "same" && change !== "read").map(({ name }) => name);

test("after a deploy, plain preview at the branch's head shows no change: the program reads the record beside it", {
  timeout: 180_000,
}, async () => {
  await withFolder(async (checkout) => {
    for (const part of parts) await cp(join(root, part), join(checkout, part), { recursive: true });
    await symlink(join(root, "node_modules"), join(checkout, "node_modules"));
    const project = openProject(checkout);
    await withBackend(async (backend) => {
      const run = { stack: "dev", backend, project, policyPacks: [], config: { "offline:secrets": "placeholder" } };
      const deployed = await runOffline({ ...run, operation: "up", environment: releaseEnvironment(release) });
      expect(passed(deployed), JSON.stringify(deployed.diagnostics)).toBe(true);

      const before = await runOffline({ ...run, operation: "preview" });
      expect(changed(before)).toContain("backend");

      await writeReleases(checkout, "dev", [release]);
      const after = await runOffline({ ...run, operation: "preview" });
      expect(changed(after), changeLines(after).join("\n")).toEqual([]);
    });
  });
});
