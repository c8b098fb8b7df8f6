import fc from "fast-check";
import { expect, test } from "vitest";
import { redact, secretTexts } from "./redaction.ts";
import { secret } from "./value.ts";

test("a secret variable is hidden with and without its name, a plain one is not", () => {
  const secrets = secretTexts({ envs: ["LEVEL=debug", secret("PASSWORD=hunter2=x")], image: "nginx" });
  expect(redact("PASSWORD=hunter2=x; got hunter2=x, debug, nginx", secrets)).toBe(
    "[secret]; got [secret], debug, nginx",
  );
});

test("a list that is secret as a whole hides each of its variables", () => {
  expect(redact("one 1111 two 2222", secretTexts({ envs: secret(["A=1111", "B=2222"]) }))).toBe(
    "one [secret] two [secret]",
  );
});

test("an upload is hidden as it was given, as it stands in the file, and line by line", () => {
  const key = "-----BEGIN KEY-----\nabcdef0123\n-----END KEY-----\n";
  const uploads = [{ file: "/key", contentBase64: secret(Buffer.from(key).toString("base64")) }];
  const secrets = secretTexts({ uploads });
  expect(redact(`bad key abcdef0123 in ${Buffer.from(key).toString("base64")}`, secrets)).toBe(
    "bad key [secret] in [secret]",
  );
  expect(secretTexts({ uploads: secret([{ file: "/key", contentBase64: "YWJjZGVm" }]) })).toContain("abcdef");
});

test("no secret is left, however they overlap", () => {
  // Not part of what stands in their place.
  const word = fc.stringMatching(/^[a-z]{4,8}$/).filter((it) => !"secret".includes(it));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), fc.string(), (words, between) => {
      const clean = redact(words.join(between), secretTexts({ envs: words.map((it) => secret(it)) }));
      for (const it of words) expect(clean).not.toContain(it);
    }),
  );
});
