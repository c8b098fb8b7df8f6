import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../root.ts";
import { node } from "./node.ts";

test("services run with the Node that the launcher installs", () => {
  expect(readFileSync(join(root, "platform"), "utf8")).toContain(`\nnode_version=${node.version}\n`);
});
