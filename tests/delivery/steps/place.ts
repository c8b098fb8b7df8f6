import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** The commit that is deployed. */
export const SHA = "c".repeat(40);

/** Writes a file, and the folders above it. */
export function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** A temporary folder of each test, for a job whose programs are played. */
export interface Place {
  readonly folder: string;
  readonly home: string;
  /** A program that the job's commands find first; lines of bash. */
  program(name: string, ...lines: readonly string[]): void;
  /** What GitHub's runner says to each command. */
  environment(): Readonly<Record<string, string>>;
}

export function placeOfEachTest(): Place {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trading-platform-deploy-"));
    mkdirSync(join(folder, "home"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  return {
    get folder() {
      return folder;
    },
    get home() {
      return join(folder, "home");
    },
    program: (name, ...lines) => {
      const file = join(folder, "bin", name);
      put(file, ["#!/bin/bash", ...lines, ""].join("\n"));
      chmodSync(file, 0o755);
    },
    environment: () => ({
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      HOME: join(folder, "home"),
      GITHUB_SHA: SHA,
      GITHUB_REPOSITORY: "Acme/Trading",
      GITHUB_REF_NAME: "develop",
      GITHUB_WORKFLOW: "CI/CD",
    }),
  };
}
