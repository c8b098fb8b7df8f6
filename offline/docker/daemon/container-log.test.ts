import fc from "fast-check";
import { expect, test } from "vitest";
import { demultiplexed } from "./container-log.ts";

function piece(output: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(output, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

test("both outputs are read in the order of writing", () => {
  const written = fc.array(fc.tuple(fc.constantFrom(1 as const, 2 as const), fc.string({ unit: "grapheme" })));
  fc.assert(
    fc.property(written, (pieces) => {
      const log = Buffer.concat(pieces.map(([output, text]) => piece(output, text)));
      expect(demultiplexed(log)).toBe(pieces.map(([, text]) => text).join(""));
    }),
  );
});

test("a log that is cut off in the middle is read as far as it goes", () => {
  const log = Buffer.concat([piece(1, "whole\n"), piece(2, "half of it\n").subarray(0, 12)]);
  expect(demultiplexed(log)).toBe("whole\nhalf");
  expect(demultiplexed(Buffer.from([1, 0]))).toBe("");
});
