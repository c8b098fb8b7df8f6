import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const program = fileURLToPath(new URL("../../index.ts", import.meta.url));
const leanSdk = new URL("lean-sdk.ts", import.meta.url).href;

/** What a process of its own prints, in which no SDK has been imported yet. */
async function print(script: string): Promise<unknown> {
  const start = `
    import { createRequire } from "node:module";
    import { deferSeldomUsed, dropPromiseTraces } from ${JSON.stringify(leanSdk)};
    const program = ${JSON.stringify(program)};
    const require = createRequire(program);
    const isLoaded = (name) => Object.keys(require.cache).filter((path) => path.includes(name)).length > 1;
    ${script}`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", start]);
  return JSON.parse(stdout);
}

test("what turns functions into code is loaded when a function is turned into code, and does it", async () => {
  const printed = await print(`
    deferSeldomUsed(program);
    const pulumi = require("@pulumi/pulumi");
    const before = isLoaded("@npmcli/arborist");
    const { text } = await pulumi.runtime.serializeFunction(() => "written inline");
    const paths = await pulumi.runtime.computeCodePaths();
    console.log(JSON.stringify([before, text.includes("written inline"), paths.size > 0, isLoaded("@npmcli/arborist")]));`);
  expect(printed).toEqual([false, true, true, true]);
});

test("promises of the SDK keep their outcome, and errors of the program their place", async () => {
  const printed = await print(`
    const pulumi = require("@pulumi/pulumi");
    dropPromiseTraces(program);
    const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable.js");
    const kept = debuggablePromise(Promise.resolve(1), "kept");
    const lost = debuggablePromise(Promise.reject(new Error("lost")), "lost");
    const [one, two] = await Promise.allSettled([kept, lost]);
    console.log(JSON.stringify([one.value, two.reason.message, two.reason.stack.includes(" at ")]));`);
  expect(printed).toEqual([1, "lost", true]);
});
