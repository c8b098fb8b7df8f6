import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { linesBehind } from "./logs.ts";

test("each line stands behind the prefix, whole, whatever pieces it comes in", async () => {
  const lines = linesBehind("backend | ");
  for (const piece of ["one\ntw", "o\n", "\nthr", "ee"]) lines.write(piece);
  lines.end();
  expect(await text(lines)).toBe("backend | one\nbackend | two\nbackend | \nbackend | three\n");
});

test("only lines that hold the word are shown, and no secret", async () => {
  const lines = linesBehind("", "c0ffee00");
  lines.end("of another\nof c0ffee00 password=hunter2\n");
  expect(await text(lines)).toBe("of c0ffee00 password=[masked]\n");
});
