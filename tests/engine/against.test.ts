import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
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
    await writeFile(stackFile, text + before);
    const author = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
    await execute("git", ["-C", checkout, ...author, "commit", "--quiet", "--all", "--message", "before"]);
    await writeFile(stackFile, text + after);

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

const before = `  trading-platform:frontend:
    scaling: { replicas: 2 }
`;
const after = `  trading-platform:backend:
    scaling: { replicas: 2 }
  trading-platform:images:
    versions: { prometheus: v3.4.0 }
`;
