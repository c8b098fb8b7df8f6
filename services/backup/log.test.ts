import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { selfSigned } from "../../cli/engine/developer/certificate.ts";
import { BackupError, readConfiguration } from "./configuration.ts";
import { complainer, makeLog } from "./log.ts";
import { certificateEnd, metrics } from "./metrics.ts";

test("the level holds, but not for what is always told; a mistake that a person can mend has no stack", () => {
  const lines: string[] = [];
  const log = makeLog("WARNING", (line) => lines.push(line));
  log.at("INFO", "receiving");
  log.always("INFO", "backup_taken", { bytes: 5 });
  log.always("ERROR", "backup_failed", new BackupError("no room"));
  log.at("ERROR", "backup_failed", new Error("a defect"));
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: "INFO", service: "backup", event: "backup_taken", bytes: 5 }),
    expect.not.objectContaining({ exception: expect.anything() }),
    expect.objectContaining({ reason: "a defect", exception: expect.stringContaining("log.test.ts") }),
  ]);
});

test("what fails every second is told once a minute, and another reason at once", () => {
  const reasons: string[] = [];
  let now = 0;
  const log = { at: () => {}, always: (_: unknown, __: unknown, error: unknown) => reasons.push(String(error)) };
  const complain = complainer(log, "receiving_failed", () => now);
  for (const [time, reason] of [
    [0, "a"],
    [1_000, "a"],
    [2_000, "b"],
    [3_000, "a"],
    [62_999, "a"],
    [63_000, "a"],
  ] as const) {
    now = time;
    complain(reason);
  }
  expect(reasons).toEqual(["a", "b", "a", "a"]);
});

test("a level that is none is refused beside all that is missing", async () => {
  await expect(readConfiguration({ LOG_LEVEL: "LOUD", PORT: "x" })).rejects.toThrow(
    /BACKUP_SPOOL is missing[\s\S]*LOG_LEVEL is "LOUD"; it must be DEBUG, INFO, WARNING, ERROR\nPORT is "x"/,
  );
});

test("a newer backup that no restore has proven does not make the proven one younger", () => {
  const backup = (startedAt: string, provenAt?: string) => ({
    ...{ cluster: "1", id: startedAt, startedAt, finishedAt: startedAt, serverVersion: "17.5", startSegment: "" },
    ...{ sizeBytes: 7, ...(provenAt === undefined ? {} : { provenAt }) },
  });
  const said = metrics([backup("2026-11-25T00:00:00Z", "2026-11-25T00:01:00Z"), backup("2026-11-26T00:00:00Z")], 1);
  const seconds = (time: string) => Date.parse(time) / 1000;
  expect(said).toContain(`\nbackup_last_proven_timestamp_seconds ${seconds("2026-11-25T00:00:00Z")}\n`);
  expect(said).toContain(`\nbackup_last_taken_timestamp_seconds ${seconds("2026-11-26T00:00:00Z")}\n`);
  expect(metrics([backup("2026-11-26T00:00:00Z")], 0)).toContain("\nbackup_last_proven_timestamp_seconds 0\n");
});

test("it tells when the certificate ends that it shows to the database, and nothing where there is none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "backup-certificate-"));
  try {
    const file = join(folder, "identity.pem");
    const { certificate, privateKey } = await selfSigned(["backup"]);
    // Certificate and key are in one file.
    writeFileSync(file, `${certificate}${privateKey}`);
    const end = await certificateEnd(file);
    expect(end).toBeGreaterThan(Date.now() / 1000);
    expect(metrics([], 0, end)).toContain(`\nbackup_certificate_end_timestamp_seconds{certificate="backup"} ${end}\n`);
    writeFileSync(file, "half of a");
    expect(await certificateEnd(file)).toBeUndefined();
    expect(await certificateEnd(undefined)).toBeUndefined();
    expect(metrics([], 0, undefined)).not.toContain("certificate");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
