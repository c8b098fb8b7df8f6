import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { UserError } from "../console/error.ts";
import { root } from "../root.ts";

export function renderCommand(): Command {
  return new Command("render")
    .description("write the files that are made from the code")
    .option("--check", "write nothing; fail, with the difference, if one is out of date")
    .action(async ({ check }: { check?: boolean }) => {
      const { renderedFiles } = await import("../render/index.ts");
      const stale: string[] = [];
      const files = await renderedFiles();
      for (const { path, render } of files) {
        const wanted = await render();
        const file = join(root, path);
        if (existsSync(file) && readFileSync(file, "utf8") === wanted) continue;
        stale.push(path);
        if (check) showDifference(path, wanted);
        else write(file, wanted);
      }
      if (check && stale.length > 0) {
        throw new UserError(`out of date: ${stale.join(", ")}; run ./platform render and commit`);
      }
      console.log(`${files.length} files rendered, ${stale.length} ${check ? "out of date" : "changed"}`);
    });
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  console.log(`wrote ${file}`);
}

function showDifference(path: string, wanted: string): void {
  const words = ["-u", "--label", `${path} (checked in)`, "--label", `${path} (rendered)`, path, "-"];
  const { stdout } = spawnSync("diff", words, { cwd: root, input: wanted, encoding: "utf8" });
  console.error(stdout || `${path}: missing`);
}
