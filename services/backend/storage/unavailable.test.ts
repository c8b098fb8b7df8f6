import { expect, test } from "vitest";
import { commented } from "./database.ts";
import { saysUnavailable } from "./unavailable.ts";

const busy = ["57014", "25P03", "55P03", "40001", "40P01"];
test.each(["ECONNREFUSED", "08006", "53300", "57P01", "25006", ...busy])("%s is a store that is away", (code) => {
  expect(saysUnavailable(Object.assign(new Error("x"), { code }))).toBe(true);
});

test.each(["23505", "42601", "40002", undefined])("%s is not", (code) => {
  expect(saysUnavailable(Object.assign(new Error("x"), { code }))).toBe(false);
});

test("a statement says for whom it runs", () => {
  expect(commented("select 1", "abcdefgh")).toBe("select 1 /* correlation_id='abcdefgh' */");
  expect(commented("select 1", undefined)).toBe("select 1");
});
