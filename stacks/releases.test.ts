import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Release } from "../components/delivery/releases.ts";
import { describePlatform, isWorkload } from "../components/specification.ts";
import { imageReference } from "../components/workload/index.ts";
import { readStackFile } from "./files.ts";
import { explainSettings, readSettings } from "./read.ts";
import {
  formatReleases,
  readReleases,
  recordedDigests,
  releaseEnvironment,
  releaseFile,
  releaseInForce,
  releaseVariable,
} from "./releases.ts";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const release: Release = {
  version: "release-prod-1",
  images: { backend: digest("a"), probe: digest("b") },
  commit: "c".repeat(40),
  migration: 6,
  since: "2026-11-26T08:30:00.000Z",
  by: "anna",
};

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "releases-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function write(text: string, stack = "prod"): void {
  const file = join(folder, releaseFile(stack));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

test("what is written is read again, the running one first", () => {
  const releases = [release, { ...release, version: "release-prod-0", images: {} }];
  write(formatReleases("prod", releases));
  expect(readReleases(folder, "prod")).toEqual(releases);
  expect(readReleases(folder, "staging")).toEqual([]);
  const digests = releases.flatMap(({ images }) => Object.values(images));
  expect([...recordedDigests(folder, ["staging", "prod"])].sort()).toEqual(
    [...new Set(digests)].map((each) => [each, "prod"]).sort(),
  );
});

test.each([
  ["releases: [", /stacks\/releases\/prod\.yaml: one problem\n.*is no YAML/],
  ["- a", /must be a mapping with the key releases/],
  ["releases: 1", /releases: 1 must be a list of releases/],
  [
    formatReleases("prod", [{ ...release, version: "latest", migration: -1 }]),
    /two problems|2 problems[\s\S]*releases\.0\.version: "latest" must be a full version[\s\S]*releases\.0\.migration: -1 must be/,
  ],
  [
    formatReleases("prod", [{ ...release, images: { backend: "sha256:1" } }]),
    /releases\.0\.images\.backend: "sha256:1" must be sha256: and 64 hex digits/,
  ],
])("a record that nobody wrote: %#", (text, message) => {
  write(text);
  expect(() => readReleases(folder, "prod")).toThrow(message);
});

describe("the settings of a stack with a record", () => {
  const file = (more = "") => `config:
  trading-platform:target: docker
  trading-platform:images: { version: "0.1.0"${more} }
`;
  const source = () => readStackFile(folder, "dev");
  const referenceOf = (name: string) => {
    const found = describePlatform(readSettings(source())).application.find((member) => member.name === name);
    return found !== undefined && isWorkload(found) ? imageReference(found.image) : undefined;
  };

  test("run its version, by digest where it is known; without a record the file's version", () => {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), file());
    expect(referenceOf("backend")).toBe("localhost/trading/backend:0.1.0");
    write(formatReleases("dev", [release]), "dev");
    expect(referenceOf("backend")).toBe(`localhost/trading/backend:release-prod-1@${digest("a")}`);
    expect(referenceOf("worker")).toBe(referenceOf("backend"));
    expect(referenceOf("frontend")).toBe("localhost/trading/frontend:release-prod-1");
    const { leaves } = explainSettings(source());
    expect(leaves).toContainEqual({ key: "images.version", value: "release-prod-1", origin: "release" });
  });

  test("take no digest of the file's own version", () => {
    writeFileSync(join(folder, "Pulumi.dev.yaml"), file(`, digests: { frontend: "${digest("f")}" }`));
    expect(referenceOf("frontend")).toBe(`localhost/trading/frontend:0.1.0@${digest("f")}`);
    write(formatReleases("dev", [release]), "dev");
    expect(referenceOf("frontend")).toBe("localhost/trading/frontend:release-prod-1");
  });
});

test("a program runs what ./platform says, none included, in place of the record", () => {
  vi.stubEnv(releaseVariable, releaseEnvironment(release)[releaseVariable]);
  expect(releaseInForce("prod")).toEqual({ version: release.version, images: release.images });
  vi.stubEnv(releaseVariable, releaseEnvironment(undefined)[releaseVariable]);
  expect(releaseInForce("prod")).toBeUndefined();
});
