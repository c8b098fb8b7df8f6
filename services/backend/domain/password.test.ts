import { expect, test } from "vitest";
import { hashPassword, isPassword } from "./password.ts";

test("a password is known by its hash, and by no other", async () => {
  const hash = await hashPassword("correct horse battery");
  expect(hash).toMatch(/^scrypt\$[\w-]{22}\$[\w-]{43}$/);
  expect(await hashPassword("correct horse battery")).not.toBe(hash);
  expect(await isPassword("correct horse battery", hash)).toBe(true);
  expect(await isPassword("correct horse batterz", hash)).toBe(false);
});

test.each([undefined, "", "plain", "scrypt$$", "scrypt$abc$def"])("nobody is let in by the hash %j", async (hash) => {
  expect(await isPassword("", hash)).toBe(false);
  expect(await isPassword("plain", hash)).toBe(false);
});
