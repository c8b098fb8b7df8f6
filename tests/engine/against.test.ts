import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseDocument } from "yaml";
import { root } from "../../cli/root.ts";
import { execute, newcomer, withFolder } from "./support.ts";

test("a reviewer sees what a change adds, changes, replaces and removes, and what forces a replacement", {
  timeout: 200_000,
}, async ({ skip }) => {
  const { code: noGit } = await execute("git", ["rev-parse", "HEAD"]).catch(() => ({ code: 1 }));
  if (noGit !== 0) skip("there is no git, or the checkout is no repository");
  await withFolder(async (folder) => {
    const checkout = join(folder, "checkout");
    await execute("git", ["clone", "--quiet", "--no-hardlinks", root, checkout]);
    await symlink(join(root, "node_modules"), join(checkout, "node_modules"));
    const stackFile = join(checkout, "Pulumi.dev.yaml");
    const text = await readFile(stackFile, "utf8");
    await writeFile(stackFile, changed(text, before));
    const author = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
    await execute("git", ["-C", checkout, ...author, "commit", "--quiet", "--all", "--message", "before"]);
    await writeFile(stackFile, changed(text, after));

    const words = [join(checkout, "cli", "main.ts"), "preview", "dev", "--against", "HEAD"];
    const { stdout, code } = await execute(process.execPath, words, newcomer(join(folder, "home")));
    // Four of Prometheus, five of Grafana: its data source names Prometheus' version, its panels what can be asked.
    expect(stdout).toMatch(/^dev: 1 removed, 9 replaced, \d+ changed, 1 added, \d+ unchanged$/m);
    expect(stdout).toMatch(/^ {2}- frontend-2 {2}docker:index\/container:Container$/m);
    expect(stdout).toMatch(/^ {2}\+ backend-2 {2}docker:index\/container:Container$/m);
    expect(stdout).toMatch(
      /^ {2}± prometheus {2}docker:index\/container:Container\n {8}image: .*\(forces replacement\)$/m,
    );
    expect(code).toBe(0);
  });
});

type Changes = readonly (readonly [path: readonly string[], value: unknown])[];

/** The stack file with settings put beside what it says. */
function changed(text: string, changes: Changes): string {
  const document = parseDocument(text);
  for (const [[key = "", ...path], value] of changes)
    document.setIn(["config", `trading-platform:${key}`, ...path], value);
  return String(document);
}

const before: Changes = [[["frontend", "scaling", "replicas"], 2]];
const after: Changes = [
  [["backend", "scaling", "replicas"], 2],
  [["images", "versions", "prometheus"], "v3.4.0"],
];
