import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readStackFile, settingsIn, stacksIn } from "./files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stacks-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (stack: string, text: string) => writeFileSync(join(folder, `Pulumi.${stack}.yaml`), text);

test("takes the settings' keys and leaves Pulumi's, the providers' and the secrets alone", () => {
  write(
    "dev",
    `encryptionsalt: v1:abc
config:
  aws:region: eu-central-1
  secrets:databasePassword:
    secure: v1:xyz
  trading-platform:domain: localhost
  trading-platform:logs: { level: INFO }
`,
  );
  expect(readStackFile(folder, "dev")).toEqual({
    stack: "dev",
    config: { domain: "localhost", logs: { level: "INFO" } },
  });
});

test.each(["", "# nothing yet\n", "config:\n", "encryptionsalt: v1:abc\n"])(
  "a file that says nothing is right: %j",
  (text) => {
    expect(settingsIn(text, "Pulumi.dev.yaml")).toEqual({});
  },
);

test("stacks are listed in the order of a release, others behind", () => {
  for (const stack of ["qa", "prod", "dev", "staging", "alpha"]) write(stack, "");
  writeFileSync(join(folder, "Pulumi.yaml"), "name: x\n");
  expect(stacksIn(folder)).toEqual(["dev", "staging", "prod", "alpha", "qa"]);
});

test("a stack that there is not names those there are, and the nearest", () => {
  write("prod", "");
  write("dev", "");
  expect(() => readStackFile(folder, "prdo")).toThrow(
    "Pulumi.prdo.yaml: is not there; stacks are dev, prod; did you mean prod?",
  );
});

test("broken YAML is told with its line", () => {
  write("dev", "config:\n  trading-platform:logs:\n    level: [INFO\n  trading-platform:domain: x\n");
  expect(() => readStackFile(folder, "dev")).toThrow(/Pulumi\.dev\.yaml:\d+:\d+: is no YAML: /);
});

test("a key that stands twice is told with its line", () => {
  const text = "config:\n  trading-platform:domain: a\n  trading-platform:domain: b\n";
  expect(() => settingsIn(text, "Pulumi.dev.yaml")).toThrow("Pulumi.dev.yaml:3:3: is no YAML: Map keys must be unique");
});

test.each([
  ["a slip in the namespace", "trading-plattform:domain: x", "did you mean trading-platform:domain?"],
  ["no namespace", "domain: x", "has no namespace; did you mean trading-platform:domain?"],
  ["an encrypted setting", "trading-platform:domain: {secure: v1:abc}", "is encrypted: settings are plain"],
  [
    "an encrypted value inside",
    "trading-platform:alerts: {receivers: {slack: {channel: {secure: v1:abc}}}}",
    "is encrypted",
  ],
])("%s is told", (_, line, message) => {
  const read = () => settingsIn(`config:\n  ${line}\n`, "Pulumi.dev.yaml");
  expect(read).toThrow(message);
  expect(read).not.toThrow("v1:abc");
});
