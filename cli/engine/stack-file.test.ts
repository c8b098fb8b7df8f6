import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatStackFile, parseStackFile, withoutSecrets } from "./stack-file.ts";

describe("a stack file without its secrets", () => {
  test("keeps plain values and drops encrypted ones at every depth", () => {
    const { config } = parseStackFile(`
encryptionsalt: v1:abc
config:
  trading-platform:target: docker
  secrets:databasePassword: { secure: v1:xyz }
  trading-platform:receivers:
    slack: { channel: "#alerts", url: { secure: v1:xyz } }
    webhooks: [{ secure: v1:xyz }, plain]
`);
    expect(withoutSecrets(config)).toEqual({
      "trading-platform:target": "docker",
      "trading-platform:receivers": { slack: { channel: "#alerts" }, webhooks: ["plain"] },
    });
  });

  test("a key named secure among others is a setting, as Pulumi reads it", () => {
    expect(withoutSecrets({ cookies: { secure: "yes", path: "/" } })).toEqual({
      cookies: { secure: "yes", path: "/" },
    });
  });

  test("whatever is nested, no encrypted value survives, and what has none is unchanged", () => {
    const plain = fc.letrec((value) => ({
      any: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(value("any"), { maxLength: 3 }), value("record")),
      record: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), value("any"), { maxKeys: 3 }),
    }));
    const config = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), plain.any, { maxKeys: 5 });
    fc.assert(
      fc.property(config, fc.string(), (settings, cipher) => {
        const hasSecure = JSON.stringify(settings).includes('"secure"');
        if (!hasSecure) expect(withoutSecrets(settings)).toEqual(settings);
        const mixed = { ...settings, deep: { list: [{ secure: cipher }], inner: { password: { secure: cipher } } } };
        expect(JSON.stringify(withoutSecrets(mixed).deep)).toBe('{"list":[],"inner":{}}');
      }),
    );
  });
});

test("an empty file has no config; anything but a mapping is refused", () => {
  expect(parseStackFile("")).toEqual({ config: {} });
  expect(() => parseStackFile("- a")).toThrow("must be a mapping");
});

test("what is written is read back", () => {
  const file = { config: { "a:b": "yes", "a:n": 3 }, encryptionsalt: "v1:abc" };
  expect(parseStackFile(formatStackFile(file))).toEqual(file);
});
