import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../cli/root.ts";
import { ensureActionlint } from "../../cli/setup/actionlint.ts";
import { execute, withFolder } from "../engine/support.ts";
import { workflowFiles } from "./workflow.ts";

test("actionlint finds nothing in the pipeline, and something in one that is broken [requirement file/workflow, acceptance/workflow]", {
  timeout: 300_000,
}, async () => {
  const actionlint = await ensureActionlint();
  const judge = (...files: readonly string[]) =>
    execute(actionlint, ["-color=false", ...files], { PATH: process.env.PATH, HOME: root });
  expect(await judge(...workflowFiles)).toEqual({ code: 0, stdout: "", stderr: "" });
  await withFolder(async (folder) => {
    const broken = join(folder, "broken.yml");
    await writeFile(
      broken,
      "on: push\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    needs: two\n    steps: [{ run: ls }]\n",
    );
    expect((await judge(broken)).stdout).toContain('job "one" needs job "two" which does not exist');
  });
});
