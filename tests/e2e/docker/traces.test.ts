import { expect, test } from "vitest";
import { tracesIn } from "./traces.ts";

const secrets = new Map([
  ["password", "x-1_Sd9/fj+Jq=3mz&k"],
  ["other", "never written"],
]);

test("a secret is found in clear, in JSON, in a URL and in base64, and said by its name alone", () => {
  const value = secrets.get("password") ?? "";
  const texts = [
    `before ${value} after`,
    JSON.stringify({ value }),
    new URL(`http://x.test/?p=${encodeURIComponent(value)}`).href,
    `Basic ${Buffer.from(`${value}:`).toString("base64")}`,
    "nothing",
  ];
  expect(
    tracesIn(
      secrets,
      texts.map((text, index) => ({ name: String(index), text })),
    ),
  ).toEqual([0, 1, 2, 3].map((index) => `password in ${index}`));
});
