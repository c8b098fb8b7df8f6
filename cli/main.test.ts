import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commands } from "./commands/index.ts";
import { root } from "./root.ts";

function run(words: readonly string[], nodeWords: readonly string[] = []) {
  const all = [...nodeWords, join(root, "cli", "main.ts"), ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8" });
  return { status, stdout, stderr };
}

test("without arguments and with --help: every command, its description and an example", () => {
  const bare = run([]);
  const help = run(["--help"]);
  expect(bare.status).toBe(0);
  expect(bare.stdout).toBe(help.stdout);
  for (const make of commands) expect(help.stdout).toMatch(new RegExp(String.raw`^  ${make().name()}\b.* \S`, "m"));
  expect(help.stdout).toContain("Examples:\n  ./platform preview ");
});

test("an unknown command is answered with the nearest one, and code 2", () => {
  expect(run(["previw"])).toMatchObject({
    status: 2,
    stderr: 'platform: there is no command "previw"; did you mean "preview"?\n',
  });
  expect(run(["xyzzyxyzzy"]).stderr).toBe('platform: there is no command "xyzzyxyzzy"; ./platform --help lists them\n');
});

test("an unknown option is named, and code 2", () => {
  const { status, stderr } = run(["doctor", "--jsn"]);
  expect(status).toBe(2);
  expect(stderr).toContain("unknown option '--jsn'");
  expect(stderr).toContain("Did you mean --json?");
});

test("a mistake in a stack's settings is told as a person's, whichever command finds it", () => {
  const { status, stderr } = run(["alerts", "dev", "--target", "nomad"]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^platform: stack dev: one problem\n {2}--target: "nomad" must be one of .*kubernetes/);
  expect(stderr).not.toContain("unexpected error");
});

test("help starts without what is heavy", () => {
  const record = `
    import { registerHooks } from "node:module";
    const urls = [];
    registerHooks({ resolve: (name, context, next) => { const found = next(name, context); urls.push(found.url); return found; } });
    process.on("exit", () => console.error(urls.join("\\n")));
  `;
  const { stderr } = run(["--help"], ["--import", `data:text/javascript,${encodeURIComponent(record)}`]);
  expect(stderr).toContain("node_modules/commander");
  expect(stderr).not.toMatch(/node_modules\/(@pulumi|typescript|vitest|zod|yaml)/);
});
