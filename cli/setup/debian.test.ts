import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { debianObstacle } from "./debian.ts";

test("only root on a system with apt-get installs packages", () => {
  const folder = mkdtempSync(join(tmpdir(), "debian-"));
  try {
    expect(debianObstacle(0, folder)).toBe("this system has no apt-get");
    writeFileSync(join(folder, "apt-get"), "", { mode: 0o755 });
    expect(debianObstacle(0, folder)).toBeUndefined();
    expect(debianObstacle(1000, folder)).toBe("only root can install packages");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
