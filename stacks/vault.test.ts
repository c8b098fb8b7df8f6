import { describe, expect, test } from "vitest";
import { configOf } from "../tests/support/stacks.ts";
import { readSettings, SettingsError } from "./read.ts";

const read = (stack: string, target: string, more: Readonly<Record<string, unknown>>) =>
  readSettings({ stack, config: configOf(stack, target, more) });

function told(stack: string, target: string, more: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    read(stack, target, more);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ key, message }) => `${key}: ${message}`);
    throw error;
  }
  return [];
}

const vault = { address: "https://vault.example.com:8200" };
const held = { vault: { path: "trading/prod/smtpPassword", key: "value" } };

describe("a stack that leaves a secret to Vault", () => {
  test("says where Vault is; all else has a default", () => {
    const settings = read("prod", "ecs", { vault, secrets: { smtpPassword: held } });
    expect(settings.vault).toEqual({
      ...vault,
      mount: "secret",
      image: { repository: "docker.io/hashicorp/vault", version: "1.21.0" },
    });
    expect(settings.secrets.smtpPassword).toEqual({ kind: "vault", path: "trading/prod/smtpPassword", key: "value" });
    // The others stay where the target has them.
    expect(settings.secrets.tokenSigningKey.kind).toBe("secretsManager");
  });

  test("without a section vault nobody would know whom to ask", () => {
    expect(told("prod", "ecs", { secrets: { smtpPassword: held } })).toEqual([
      "trading-platform:secrets.smtpPassword: is held by Vault, and nothing says where Vault is; set vault.address, as https://vault.example.com:8200",
    ]);
  });

  test("secrets do not travel in plain text, but on a developer's machine", () => {
    const plain = { address: "http://127.0.0.1:8200" };
    expect(told("prod", "ecs", { vault: plain })).toEqual([
      'trading-platform:vault.address: "http://127.0.0.1:8200" sends secrets in plain text; say https (http is for development only)',
    ]);
    expect(told("dev", "docker", { vault: plain })).toEqual([]);
  });

  test.each([
    [
      { address: "vault.example.com" },
      /vault\.address: .*must be an address without a path, as https:\/\/vault\.example\.com:8200/,
    ],
    [{ address: "https://v/v1" }, /vault\.address: .*must be an address without a path/],
    [
      { ...vault, image: "docker.io/hashicorp/vault:latest" },
      /vault\.image: .*must be an image with its registry and a version that does not move/,
    ],
    [{ ...vault, mount: "/secret/" }, /vault\.mount: .*must be a path of a mount/],
    [{ ...vault, caCertificate: "/etc/ca.pem" }, /vault\.caCertificate: .*must be a certificate in PEM/],
    [{ ...vault, roles: "x" }, /vault\.roles/],
  ])("a mistake in its section names key and what is allowed: %j", (section, message) => {
    const [only, ...more] = told("dev", "docker", { vault: section });
    expect(only).toMatch(message);
    expect(more).toEqual([]);
  });

  test("a mistake in a secret's place too", () => {
    const said = { vault, secrets: { smtpPassword: { vault: { path: "/trading", key: "a-b" } } } };
    expect(told("dev", "docker", said)).toEqual([
      "trading-platform:secrets.smtpPassword.vault.path: (a value that may be secret) must be a path of letters, digits, _, - and . between slashes, as trading/prod/databasePassword",
      "trading-platform:secrets.smtpPassword.vault.key: (a value that may be secret) must be a key of letters, digits and _, as value",
    ]);
  });
});
