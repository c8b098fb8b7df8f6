import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTemporaryBackend } from "../../offline/backend.ts";
import { root } from "../root.ts";
import { ensurePulumi } from "../setup/pulumi.ts";
import { runCommand } from "./command.ts";
import { openProject } from "./project.ts";
import { makeTemporaryWorkspace } from "./workspace.ts";

test("the engine works without its own log, which an offline run has no use for", async () => {
  const backend = await makeTemporaryBackend();
  const workspace = await makeTemporaryWorkspace(openProject(root), "dev", {}, backend);
  try {
    const { environment, directory } = workspace;
    const words = ["stack", "ls", "--json"];
    const { stdout, stderr } = await runCommand(await ensurePulumi(), words, directory, environment);
    expect(JSON.parse(stdout)).toMatchObject([{ name: "dev" }]);
    expect(stderr).toBe("");
    expect(await readFile(join(directory, "home", "logs"), "utf8")).toBe("");
  } finally {
    await workspace.remove();
    await backend.remove();
  }
});
