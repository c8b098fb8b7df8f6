import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeDaemonFolder } from "./daemon-folder.ts";

test("what a killed daemon left mounted does not keep its folder", async ({ skip }) => {
  const folder = mkdtempSync(join(tmpdir(), "daemon-folder-"));
  const data = join(folder, "data");
  mkdirSync(join(data, "overlay"), { recursive: true });
  const mounted = [
    ["--bind", data, data],
    ["-t", "tmpfs", "tmpfs", join(data, "overlay")],
  ].map((words) => spawnSync("mount", words).status);
  try {
    if (mounted.some((status) => status !== 0)) return skip("only root may mount");
    await removeDaemonFolder(folder);
    expect(existsSync(folder)).toBe(false);
  } finally {
    spawnSync("umount", ["--recursive", data]);
  }
});
