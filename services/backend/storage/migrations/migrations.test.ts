import { expect, test } from "vitest";
import { refuseTooNew, SchemaTooNew } from "../migrate.ts";
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
