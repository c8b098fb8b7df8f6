import { expect, test } from "vitest";
import { refuseTooNew, SchemaTooNew, unusable } from "../migrate.ts";
import { migrations } from "./index.ts";

test("versions count from 1, and each has a name of its own", () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  expect(new Set(migrations.map(({ name }) => name)).size).toBe(migrations.length);
});

test("a later schema is an obstacle only if its migration says so", () => {
  const later = (previous_release_runs: boolean) => [{ version: 999, name: "later", previous_release_runs }];
  expect(() => refuseTooNew(later(true), migrations)).not.toThrow();
  expect(() => refuseTooNew(later(false), migrations)).toThrow(SchemaTooNew);
});

test("a wrong password is told of without it; a server that starts is waited for", () => {
  const database = { host: "db", port: 5432, name: "trading", user: "ann", password: "of-a-test-alone", tls: false };
  const failing = (code: string) => Object.assign(new Error(`failed with ${code}`), { code });
  const said = unusable(failing("28P01"), database)?.message;
  expect(said).toContain('refuses the user "ann": failed with 28P01; DATABASE_USER and DATABASE_PASSWORD');
  expect(said).not.toContain(database.password);
  for (const code of ["57P03", "53300", "ECONNREFUSED"]) expect(unusable(failing(code), database)).toBeUndefined();
});
