import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openProject, type Project } from "../../cli/engine/project.ts";
import type { TemporaryBackend } from "../../offline/backend.ts";
import { deployed } from "../support/deployed.ts";
import { stubHome } from "./support.ts";

const program = join(import.meta.dirname, "fixtures", "fragile", "index.ts");

let home: TemporaryBackend;
beforeEach(async () => {
  home = await stubHome();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await home.remove();
});

/** The fixture in a folder of its own, whose stack file can be edited. */
async function projectOf(version: string): Promise<Project> {
  const folder = join(home.directory, "checkout");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "Pulumi.yaml"), `name: fragile\nruntime: nodejs\nmain: ${relative(folder, program)}\n`);
  await writeFile(join(folder, "Pulumi.dev.yaml"), `config:\n  fragile:version: ${version}\n`);
  return openProject(folder);
}

const up = async (version: string, unwell?: string) =>
  deployed({ project: await projectOf(version), stack: "dev" }, "up", { verify: async () => unwell });

test("a release that fails is taken back to the last good one, and the update still fails with the reason", {
  timeout: 180_000,
}, async () => {
  const first = await up("broken-0");
  expect(first.printed).toContain("dev: nothing is taken back: there was no good release before it");
  expect(first.refusal).toMatch(/^dev: up failed/);

  expect((await up("good-1")).refusal).toBeUndefined();
  for (const version of ["broken-2", "broken-3"]) {
    const failed = await up(version);
    expect(failed.printed).toContain(`${version} does not start`);
    expect(failed.printed).toMatch(/^dev: taken back: the release of 2\S+( \([0-9a-f]{9}\))? is deployed again$/m);
    expect(failed.refusal).toMatch(/^dev: up failed/);
  }
  const again = await up("good-1");
  expect(again.printed).toContain("dev: nothing to do");
});

test("one that is deployed and does not serve goes back as well, and the command fails with what was seen", {
  timeout: 120_000,
}, async () => {
  expect((await up("good-1")).refusal).toBeUndefined();
  const { printed, refusal } = await up("good-2", "http://site/ answers 502");
  expect(printed).toContain("unwell     dev  http://site/ answers 502");
  expect(printed).toMatch(/^dev: taken back: the release of /m);
  expect(refusal).toBe("dev: does not serve as it should: http://site/ answers 502");
  expect((await up("good-1")).printed).toContain("dev: nothing to do");
});

test("the first release that does not serve is not taken back to itself: there is none to go back to", {
  timeout: 180_000,
}, async () => {
  const stackOf = { project: await projectOf("good-1"), stack: "dev", release: { version: "1.4.0", images: {} } };
  const { printed, refusal } = await deployed(stackOf, "up", { verify: async () => "http://site/ answers 502" });
  expect(printed).toContain("dev: nothing is taken back: there was no good release before it");
  expect(refusal).toBe("dev: does not serve as it should: http://site/ answers 502");
});
