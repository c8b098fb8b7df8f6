/**
 * Makes the page as an image has it: `node services/frontend/build.ts <folder>`. Its modules are JavaScript then, so that
 * what runs in production calls nothing experimental. Called by Dockerfile, and by cli/images where there is no registry.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { javaScriptOf, pageFiles, pageFolder } from "./assets.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node services/frontend/build.ts <folder that gets the page>");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
for (const name of pageFiles(pageFolder)) {
  const from = join(pageFolder, name);
  if (extname(name) !== ".ts") copyFileSync(from, join(folder, name));
  else writeFileSync(join(folder, name.replace(/\.ts$/, ".js")), javaScriptOf(readFileSync(from, "utf8")));
}
