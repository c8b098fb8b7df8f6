import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lockMirrored } from "../../tests/support/mirrored.ts";
import { openProject } from "../engine/project.ts";
import { root } from "../root.ts";
import { requireMirrored } from "./ready.ts";

function checkout() {
  const folder = mkdtempSync(join(tmpdir(), "mirrored-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml"])
    copyFileSync(join(root, file), join(folder, file));
  return openProject(folder);
}

test("a stack whose images nobody has copied is refused before it is planned, until all are", () => {
  const project = checkout();
  const prod = () => requireMirrored({ project, stack: "prod" });
  expect(prod).toThrow(
    /^prod: nothing was touched: nobody has copied .*docker\.io\/library\/nginx:\S+, .* to images\.mirror; \.\/platform images mirror prod does$/,
  );
  lockMirrored(project.directory, "prod");
  expect(prod).not.toThrow();
});

test("a stack that has its images from their makers needs no copies", () => {
  const project = checkout();
  expect(() => requireMirrored({ project, stack: "dev" })).not.toThrow();
});
