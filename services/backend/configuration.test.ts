import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigurationError, readConfiguration } from "./configuration.ts";

const right: NodeJS.ProcessEnv = {
  PORT: "8000",
  ENVIRONMENT: "production",
  SERVICE_VERSION: "2.1.0",
  LOG_LEVEL: "WARNING",
  LOG_FORMAT: "json",
  DATABASE_HOST: "database",
  DATABASE_PORT: "5432",
  DATABASE_NAME: "trading",
  DATABASE_USER: "trading",
  DATABASE_PASSWORD: "database-password",
  DATABASE_TLS: "verify",
  DATABASE_TLS_AUTHORITY: "/etc/database-tls/authority.pem",
  DATABASE_TLS_NAMES: ".eu-central-1.rds.amazonaws.com",
  CACHE_HOST: "cache",
  CACHE_PORT: "6379",
  CACHE_PASSWORD: "cache-password",
  CACHE_TLS: "disable",
  TOKEN_SIGNING_KEY: "k".repeat(32),
  ALERT_WEBHOOK_TOKEN: "token",
  ADMIN_PASSWORD: "p".repeat(12),
};

const refusal = (changes: NodeJS.ProcessEnv): string => {
  try {
    readConfiguration({ ...right, ...changes }, "backend");
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return "";
};

test("what is right is read", () => {
  expect(readConfiguration(right, "worker")).toMatchObject({
    service: "worker",
    port: 8000,
    log: { level: "WARNING", format: "json" },
    database: { host: "database", port: 5432, tls: "verify", server: { names: ".eu-central-1.rds.amazonaws.com" } },
    cache: { tls: "disable" },
    mutual: undefined,
    faults: false,
  });
});

test("a server that shall be known needs a name, and not one that is everybody's", () => {
  expect(refusal({ DATABASE_TLS_NAMES: undefined })).toBe(
    "DATABASE_TLS_NAMES is missing; with DATABASE_TLS verify it must be the end of the names in PostgreSQL's certificate, as .eu-central-1.rds.amazonaws.com",
  );
  expect(refusal({ CACHE_TLS: "verify", CACHE_TLS_NAMES: ".com" })).toBe(
    'CACHE_TLS_NAMES is ".com"; it must be the end of the names in Redis\'s certificate, as .cache.amazonaws.com',
  );
});

test("everything that is wrong is told at once, secrets without their value", () => {
  expect(
    refusal({ PORT: "eighty", LOG_LEVEL: "LOUD", CACHE_HOST: undefined, TOKEN_SIGNING_KEY: "short-key" }).split("\n"),
  ).toEqual([
    'PORT is "eighty"; it must be a TCP port',
    'LOG_LEVEL is "LOUD"; it must be DEBUG, INFO, WARNING, ERROR',
    "CACHE_HOST is missing; it must be Redis's host",
    "TOKEN_SIGNING_KEY is not right; it must be a secret of at least 32 characters",
  ]);
});

describe("faults", () => {
  test.each(["staging", "production"])("cannot be switched on in %s", (ENVIRONMENT) => {
    expect(refusal({ ENVIRONMENT, FAULTS: "true" })).toMatch(/^FAULTS must not be true in/);
  });
  test("can in development", () => {
    expect(refusal({ ENVIRONMENT: "development", FAULTS: "true" })).toBe("");
  });
});

test.each(["ADMIN_PASSWORD", "TOKEN_SIGNING_KEY", "DATABASE_PASSWORD"])("%s has no default", (name) => {
  expect(refusal({ [name]: undefined })).toContain(`${name} is missing`);
});

test("a secret may be in a file instead, and one that cannot be read is told by its name", () => {
  const folder = mkdtempSync(join(tmpdir(), "configuration-"));
  try {
    const file = join(folder, "password");
    writeFileSync(file, "from-a-file\n");
    const { DATABASE_PASSWORD: _, ...others } = right;
    const read = readConfiguration({ ...others, DATABASE_PASSWORD_FILE: file }, "backend");
    expect(read.database.password).toBe("from-a-file");
    expect(refusal({ DATABASE_PASSWORD: undefined, DATABASE_PASSWORD_FILE: "/nowhere" })).toBe(
      "DATABASE_PASSWORD_FILE: /nowhere cannot be read",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
