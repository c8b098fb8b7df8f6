import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { workflows } from "../../tests/delivery/workflow.ts";
import { memoryRegistry } from "../../tests/support/memory-registry.ts";
import { root } from "../root.ts";
import { type InputsRequest, inputsOf } from "./inputs.ts";

const dockerfile = "services/shop/Dockerfile";
const { registry, open, name } = memoryRegistry();
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), "inputs-"));
  onTestFinished(() => rmSync(checkout, { recursive: true }));
  name("library/node", "24-alpine", "one node");
  write(
    dockerfile,
    "FROM node:24-alpine\nCOPY package.json ./\nCOPY services/shop services/shop\nCOPY tools/*.sh /bin/\n",
  );
  write(`${dockerfile}.dockerignore`, "**/node_modules\n**/*.test.ts\nservices/shop/testing\n");
  for (const path of ["package.json", "services/shop/main.ts", "services/shop/page/a.html", "tools/run.sh"])
    write(path, `the text of ${path}`);
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), text);
}

const hash = (more: Partial<InputsRequest> = {}) =>
  inputsOf({ checkout, dockerfile, open, now: new Date("2026-11-03T00:00:00Z"), ...more });

test("the same checkout has the same name, wherever it lies, on any day of a month", async () => {
  expect(await hash()).toMatch(/^[0-9a-f]{64}$/);
  expect(await hash({ now: new Date("2026-11-30T23:59:59Z") })).toBe(await hash());
});

describe("what changes the image changes its name", () => {
  test.each<[string, () => void]>([
    ["a file that it takes", () => write("services/shop/main.ts", "changed")],
    ["one further below", () => write("services/shop/page/a.html", "changed")],
    ["one by a pattern", () => write("tools/run.sh", "changed")],
    ["a file more", () => write("services/shop/more.ts", "")],
    ["a hidden one", () => write("tools/.hidden.sh", "")],
    ["a file less", () => rmSync(join(checkout, "services/shop/page/a.html"))],
    ["a name", () => write("services/shop/page/b.html", "the text of services/shop/page/a.html")],
    ["a file that may be run by now", () => chmodSync(join(checkout, "services/shop/main.ts"), 0o755)],
    ["the Dockerfile", () => write(dockerfile, "FROM node:24-alpine\nCOPY package.json ./\n")],
    ["what is left out no more", () => write(`${dockerfile}.dockerignore`, "")],
    ["a base image", () => name("library/node", "24-alpine", "another node")],
  ])("%s", async (_, change) => {
    write("services/shop/main.test.ts", "left out");
    const before = await hash();
    change();
    expect(await hash()).not.toBe(before);
  });

  test("a month, in which the distribution's packages may have become others", async () => {
    expect(await hash({ now: new Date("2026-12-01T00:00:00Z") })).not.toBe(await hash());
  });
});

describe("what does not change the image does not change its name", () => {
  test.each<[string, () => void]>([
    ["a file that it does not take", () => write("services/other/main.ts", "new")],
    ["one of another kind in the same folder", () => write("tools/run.py", "new")],
    ["tests", () => write("services/shop/page/a.test.ts", "new")],
    ["a folder that is left out", () => write("services/shop/testing/stand-in.ts", "new")],
    ["packages", () => write("services/shop/node_modules/x/index.js", "new")],
    ["what only the checkout's own .dockerignore would leave out", () => write(".dockerignore", "services/shop/page")],
    ["when a file was written", () => write("services/shop/main.ts", "the text of services/shop/main.ts")],
  ])("%s", async (_, change) => {
    const before = await hash();
    change();
    expect(await hash()).toBe(before);
  });
});

test("an exception from what is left out counts, however deep", async () => {
  write(`${dockerfile}.dockerignore`, "*\n!package.json\n!services/shop/page\n!tools/*.sh\n");
  const before = await hash();
  write("services/shop/main.ts", "changed");
  expect(await hash()).toBe(before);
  write("services/shop/page/a.html", "changed");
  expect(await hash()).not.toBe(before);
});

describe("bad input is told in one message", () => {
  test("no such Dockerfile", async () => {
    await expect(hash({ dockerfile: "services/shp/Dockerfile" })).rejects.toThrow(
      "there is no services/shp/Dockerfile; there are services/shop/Dockerfile",
    );
  });
  test("a source that is not there", async () => {
    rmSync(join(checkout, "package.json"));
    await expect(hash()).rejects.toThrow(`${dockerfile} copies package.json: no such file is there`);
  });
  test("a base image that is not there", async () => {
    write(dockerfile, "FROM node:25\n");
    await expect(hash()).rejects.toThrow(`${registry.host} has no library/node:25, which an image is built on`);
  });
});

test("every image that the pipeline builds can be told, and a change of the documentation changes none", async () => {
  const built = JSON.stringify(workflows["ci-cd.yml"]?.jobs.build?.strategy).matchAll(/"dockerfile":"([^"]+)"/g);
  const dockerfiles = [...built].flatMap(([, path = ""]) => [path]);
  expect(dockerfiles.length).toBeGreaterThan(3);
  for (const each of ["node:24.21.0-alpine", "postgres:17.5-alpine", "golang:1.25.3-alpine"]) {
    const [image = "", tag = ""] = each.split(":");
    name(`library/${image}`, tag, each);
  }
  const names = await Promise.all(dockerfiles.map((path) => hash({ checkout: root, dockerfile: path })));
  expect(new Set(names).size).toBe(dockerfiles.length);
});
