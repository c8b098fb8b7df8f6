import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withFolder } from "../../tests/engine/support.ts";
import { openProject } from "./project.ts";
import { environmentOf } from "./stacks.ts";

test("a stack's environment is what its file says, else what its name does", async () => {
  await withFolder(async (folder) => {
    const write = (stack: string, text: string) => writeFile(join(folder, `Pulumi.${stack}.yaml`), text);
    await writeFile(join(folder, "Pulumi.yaml"), "name: trading-platform\n");
    await write("prod", "config: {}\n");
    await write("prod-eu", "config:\n  trading-platform:environment: production\n");
    await write("qa", "config:\n  trading-platform:environment: quality\n");
    await write("bootstrap", "config: {}\n");
    const on = (stack: string) => environmentOf({ project: openProject(folder), stack });
    expect(["prod", "prod-eu", "qa", "bootstrap"].map(on)).toEqual(["production", "production", undefined, undefined]);
  });
});
