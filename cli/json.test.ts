import { expect, test } from "vitest";
import { jsonOf } from "./json.ts";

test("JSON is its value, anything else undefined", () => {
  expect(jsonOf('{"a":[1,null]}')).toEqual({ a: [1, null] });
  expect(jsonOf("null")).toBeNull();
  expect(jsonOf("")).toBeUndefined();
  expect(jsonOf("<html>")).toBeUndefined();
});
