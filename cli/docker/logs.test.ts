import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { linesBehind } from "./logs.ts";

test("each line stands behind the prefix, whole, whatever pieces it comes in", async () => {
  const lines = linesBehind("backend | ");
  for (const piece of ["one\ntw", "o\n", "\nthr", "ee"]) lines.write(piece);
  lines.end();
  expect(await text(lines)).toBe("backend | one\nbackend | two\nbackend | \nbackend | three\n");
});
