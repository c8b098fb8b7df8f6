import { createPrivateKey, X509Certificate } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { secretNames } from "../../../components/workload/index.ts";
import { developerHome, makeDeveloperHome } from "./home.ts";

let data = "";
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "developer-"));
});
afterEach(() => rm(data, { recursive: true, force: true }));

const home = () => developerHome({ XDG_DATA_HOME: data });
const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

test("is in the user's data folder", () => {
  expect(developerHome({ HOME: "/home/ann" }).directory).toBe("/home/ann/.local/share/trading-platform");
  expect(developerHome({ HOME: "/home/ann", XDG_DATA_HOME: "/data" }).directory).toBe("/data/trading-platform");
});

test("what is made is for the owner's eyes alone, and nothing half made stays", async () => {
  const made = await makeDeveloperHome(home());
  expect(await modeOf(made.directory)).toBe(0o700);
  expect(await modeOf(made.passphraseFile)).toBe(0o600);
  expect(await modeOf(made.secretsFile)).toBe(0o600);
  expect((await readdir(made.directory)).sort()).toEqual(["passphrase", "secrets.json", "state", "workspace"]);
});

test("every secret of dev is made; passwords are long, of harmless characters, and no two are the same", async () => {
  const { secretsFile, passphraseFile } = await makeDeveloperHome(home());
  const secrets: Readonly<Record<string, string>> = JSON.parse(await readFile(secretsFile, "utf8"));
  const ofOthers = [
    "databasePasswordA",
    "databasePasswordB",
    "registryPassword",
    "remoteWriteCredential",
    "grafanaOidcClientSecret",
  ];
  const others = secretNames.filter((name) => ofOthers.includes(name) || /^(?:monitoring|mtls)/.test(name));
  expect([...Object.keys(secrets), ...others].sort()).toEqual([...secretNames].sort());
  const passwords = Object.entries(secrets).filter(
    ([name]) => /Token|Key$|Password$/.test(name) && !/tls|pager|smtp|backupKey/.test(name),
  );
  expect(passwords).toHaveLength(7);
  const values = [...passwords.map(([, value]) => value), (await readFile(passphraseFile, "utf8")).trim()];
  for (const value of values) expect(value).toMatch(/^[\w-]{43}$/);
  expect(new Set(values).size).toBe(8);
  expect(secrets.backupKey).toMatch(/^AGE-SECRET-KEY-1[A-Z0-9]{58}$/);
  expect(secrets.tlsCertificate).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
  expect(secrets.tlsPrivateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
});

test("a certificate without its key is made anew with one", async () => {
  const { secretsFile } = await makeDeveloperHome(home());
  const { tlsPrivateKey: _, ...rest } = JSON.parse(await readFile(secretsFile, "utf8"));
  await writeFile(secretsFile, JSON.stringify(rest));
  await makeDeveloperHome(home());
  const { tlsCertificate, tlsPrivateKey } = JSON.parse(await readFile(secretsFile, "utf8"));
  expect(tlsCertificate).not.toBe(rest.tlsCertificate);
  expect(new X509Certificate(tlsCertificate).checkPrivateKey(createPrivateKey(tlsPrivateKey))).toBe(true);
});

test("what is there stays, what is missing is added", async () => {
  const { secretsFile, passphraseFile } = await makeDeveloperHome(home());
  const passphrase = await readFile(passphraseFile, "utf8");
  await writeFile(secretsFile, '{"databasePassword":"kept","mine":"too"}');
  await makeDeveloperHome(home());
  expect(await readFile(passphraseFile, "utf8")).toBe(passphrase);
  expect(JSON.parse(await readFile(secretsFile, "utf8"))).toMatchObject({
    databasePassword: "kept",
    mine: "too",
    cachePassword: expect.any(String),
  });
  expect(await modeOf(secretsFile)).toBe(0o600);
});

test("many at the same time agree on one passphrase", async () => {
  const { directory, passphraseFile } = home();
  await Promise.all(Array.from({ length: 20 }, () => makeDeveloperHome(home())));
  expect((await readdir(directory)).sort()).toEqual(["passphrase", "secrets.json", "state", "workspace"]);
  expect((await readFile(passphraseFile, "utf8")).trim()).toMatch(/^[\w-]{43}$/);
});

test("a damaged file is named and left as it is", async () => {
  const { secretsFile } = await makeDeveloperHome(home());
  await writeFile(secretsFile, '{"databasePassword": ');
  await expect(makeDeveloperHome(home())).rejects.toThrow(`${secretsFile} is damaged`);
  expect(await readFile(secretsFile, "utf8")).toBe('{"databasePassword": ');
});

test("a folder that cannot be made is named", async () => {
  await writeFile(join(data, "trading-platform"), "a file in the way");
  await chmod(join(data, "trading-platform"), 0o600);
  await expect(makeDeveloperHome(home())).rejects.toThrow(/cannot be kept in .*trading-platform/);
});
