import fc from "fast-check";
import { expect, test } from "vitest";
import { refuseTooNew, SchemaTooNew, unusable } from "../migrate.ts";
import { migrations } from "./index.ts";

test("versions count from 1, and each has a name of its own", () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  expect(new Set(migrations.map(({ name }) => name)).size).toBe(migrations.length);
});

test("a rollback is judged across all migrations that are newer than the release", () => {
  const release = (newest: number) =>
    Array.from({ length: newest }, (_, index) => ({ version: index + 1, name: "x", safeSince: 1, sql: "" }));
  const steps = fc.array(fc.nat(), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(steps, fc.nat(8), (choices, newest) => {
      const applied = choices.map((choice, index) => {
        const version = index + 1;
        return { version, name: `step ${version}`, safe_since: 1 + (choice % version) };
      });
      const refused = applied.some(({ version, safe_since }) => version > newest && newest < safe_since);
      const asking = () => refuseTooNew(applied, release(newest));
      if (refused) expect(asking).toThrow(SchemaTooNew);
      else expect(asking).not.toThrow();
    }),
  );
});

test("two steps back, of which each spoke of the one before it alone: refused, with what would run", () => {
  const applied = [5, 6].map((version) => ({ version, name: `step ${version}`, safe_since: version - 1 }));
  const four = migrations.slice(0, 4);
  expect(() => refuseTooNew(applied.slice(0, 1), four)).not.toThrow();
  expect(() => refuseTooNew(applied, four)).toThrow(
    "this release cannot run on what these migrations have left: 6 (step 6); deploy one that has migration 5, or a later one",
  );
});

test("each says a release that there is; what takes something away is safe since itself at the earliest", () => {
  for (const { version, safeSince, ...does } of migrations) {
    expect(safeSince).toBeGreaterThanOrEqual(1);
    expect(safeSince).toBeLessThanOrEqual(version);
    const sql = "sql" in does ? does.sql : "";
    if (/\b(drop|rename|set not null|type)\b/i.test(sql)) expect(safeSince).toBe(version);
  }
});

test("a wrong password is told of without it; a server that starts is waited for", () => {
  const database = {
    host: "db",
    port: 5432,
    name: "trading",
    user: "ann",
    password: "of-a-test-alone",
    tls: "disable" as const,
  };
  const failing = (code: string) => Object.assign(new Error(`failed with ${code}`), { code });
  const said = unusable(failing("28P01"), database)?.message;
  expect(said).toContain('refuses the user "ann": failed with 28P01; DATABASE_USER and DATABASE_PASSWORD');
  expect(said).not.toContain(database.password);
  for (const code of ["57P03", "53300", "ECONNREFUSED"]) expect(unusable(failing(code), database)).toBeUndefined();
});
