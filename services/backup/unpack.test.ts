import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { type Backup, baseFile } from "./catalogue.ts";
import { seal } from "./sealed.ts";
import { unpack } from "./unpack.ts";

const backup: Backup = {
  cluster: "1",
  id: "20261126T174722Z",
  startedAt: "2026-11-26T17:47:22.000Z",
  finishedAt: "2026-11-26T17:47:23.000Z",
  serverVersion: "17.2",
  startSegment: "000000010000000000000002",
  sizeBytes: 1,
};

let folder: string;
let file: string;
let configuration: { readonly archive: string; readonly identity: string };
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "unpack-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const identity = await generateX25519Identity();
  configuration = { archive: join(folder, "archive"), identity };
  file = baseFile(configuration.archive, backup);
  mkdirSync(dirname(file), { recursive: true });
  // More than a pipe takes, and than gzip makes small.
  await seal(Readable.from([randomBytes(4_000_000)]), file, { recipient: await identityToRecipient(identity) });
});

/** A program that is called as tar, and does what this says. */
function callTar(script: string): void {
  const program = join(folder, "tar");
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  onTestFinished(() => void vi.unstubAllEnvs());
}

test("a tar that has all it needs may be gone before it was given everything", async () => {
  callTar("head -c 512 >/dev/null");
  await expect(unpack(folder, backup, configuration)).resolves.toBeUndefined();
});

test("what keeps tar from unpacking is told in its words, and the file is not called damaged", async () => {
  callTar("head -c 512 >/dev/null; echo 'tar: base/1: Cannot write: No space left on device' >&2; exit 2");
  await expect(unpack(folder, backup, configuration)).rejects.toThrow(
    "the backup 20261126T174722Z could not be unpacked: tar: base/1: Cannot write: No space left on device",
  );
});

test("a file that was cut off is called damaged, whatever tar says of it", async () => {
  writeFileSync(file, readFileSync(file).subarray(0, 2_000_000));
  await expect(unpack(folder, backup, configuration)).rejects.toThrow(/base\.tar\.gz\.age is damaged: /);
});
