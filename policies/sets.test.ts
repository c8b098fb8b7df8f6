import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { POLICIES } from "./policies.ts";
import { renderSet, SETS } from "./sets.ts";

test.each(SETS)("sets/%s.json is up to date, and has every policy", (name) => {
  const text = readFileSync(new URL(`sets/${name}.json`, import.meta.url), "utf8");
  expect(text).toBe(renderSet(name, POLICIES));
  expect(Object.keys(JSON.parse(text))).toEqual(POLICIES.map((policy) => policy.name));
});

test("recommended states the defaults, strict judges as production", () => {
  expect(JSON.parse(renderSet("recommended", POLICIES))).toMatchObject({
    "require-image-retention": { enforcementLevel: "mandatory", strict: false, releasesKept: 2 },
  });
  expect(JSON.parse(renderSet("strict", POLICIES))).toMatchObject({
    "require-probes": { enforcementLevel: "mandatory", strict: true, environment: "production" },
  });
});
