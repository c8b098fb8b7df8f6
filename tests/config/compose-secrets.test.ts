import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";
import { composePlaces } from "../../cli/render/compose.ts";
import { root } from "../../cli/root.ts";
import { sampleSecrets } from "../../components/alerts/sink.ts";
import { secretFileName, secretVariable } from "../../components/targets/compose/service.ts";
import { type SecretName, secretFileText } from "../../components/workload/index.ts";
import { execute, withFolder } from "../engine/support.ts";

const script = join(root, "tools", "compose", "secrets.sh");
const [dev, prod] = composePlaces();

/** What only people have in production; any text does for a test. */
const peoples = [
  ...["tls-certificate", "tls-private-key", "slack-webhook-url", "pagerduty-routing-key", "smtp-password"],
  "grafana-oidc-client-secret",
];

/** Runs the script in a folder; htpasswd, which not every machine has, is one that says what it would. */
async function made(folder: string, stack: string) {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "htpasswd"), "#!/bin/sh\ncat > /dev/null; echo 'platform:$2y$10$hash'\n");
  await chmod(join(bin, "htpasswd"), 0o755);
  const words = ["-c", 'cd "$1" && exec "$2" "$3"', "sh", folder, script, stack];
  return execute("sh", words, { PATH: `${bin}:${process.env.PATH}` });
}

const variablesIn = async (folder: string): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    (await readFile(join(folder, ".env"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

async function readSecrets(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(join(folder, "secrets"));
  const texts = names.map(async (name) => [name, await readFile(join(folder, "secrets", name), "utf8")] as const);
  return Object.fromEntries(await Promise.all(texts));
}

describe.each([dev, prod])("the secrets of $file", ({ settings: { stack }, workloads }) => {
  test("are all made, or named where only people have them; what is there stays", async () => {
    await withFolder(async (folder) => {
      const first = await made(folder, stack);
      if (stack === "prod") {
        expect(first.code).toBe(1);
        for (const name of peoples) expect(first.stderr).toContain(`secrets/${name}:`);
        for (const name of peoples) await writeFile(join(folder, "secrets", name), name);
      }
      const second = await made(folder, stack);
      expect([second.code, second.stderr]).toEqual([0, ""]);

      const [variables, files] = [await variablesIn(folder), await readSecrets(folder)];
      const asked = workloads.flatMap((spec) => spec.secretFiles.map((file) => secretFileName(spec, file)));
      expect(Object.keys(files).sort()).toEqual([...new Set(asked)].sort());
      for (const { secretVariables } of workloads)
        for (const { secret } of secretVariables) expect(variables[secretVariable(secret)]).toMatch(/^[\w-]{8,}$/);

      // One value a secret, wherever it is asked for, in the text that the service reads.
      const bare = (secret: SecretName): string | undefined =>
        secret === "monitoringPasswordHash" ? "$2y$10$hash" : variables[secretVariable(secret)];
      for (const spec of workloads) {
        for (const file of spec.secretFiles) {
          const value = bare(file.secret);
          if (value === undefined || peoples.includes(secretFileName(spec, file))) continue;
          expect(files[secretFileName(spec, file)]).toBe(secretFileText(file, value));
        }
      }
      await expect(identityToRecipient(files["backup-key"] ?? "")).resolves.toMatch(/^age1/);
      expect((await stat(join(folder, "secrets"))).mode & 0o777).toBe(0o700);
      expect((await stat(join(folder, ".env"))).mode & 0o777).toBe(0o600);
      await made(folder, stack);
      expect([await variablesIn(folder), await readSecrets(folder)]).toEqual([variables, files]);
    });
  });
});

test.each([
  ["dev", "prod"],
  ["prod", "dev"],
])("what %s has is never taken over by %s, also where nothing says whose it is", async (first, second) => {
  await withFolder(async (folder) => {
    await made(folder, first);
    for (const name of first === "prod" ? peoples : []) await writeFile(join(folder, "secrets", name), name);
    await made(folder, first);
    const before = [await variablesIn(folder), await readSecrets(folder)];
    const refused = async () => {
      const { code, stderr } = await made(folder, second);
      expect(code).toBe(2);
      expect(stderr.trim()).toBe(
        `${folder} has the secrets of ${first} (.env, secrets/), which are never those of ${second}: give ${second} a checkout of its own, or move the two away`,
      );
    };
    await refused();
    expect([await variablesIn(folder), await readSecrets(folder)]).toEqual(before);
    const unmarked = (await readFile(join(folder, ".env"), "utf8")).replace(/^SECRETS_OF=.*\n/m, "");
    await writeFile(join(folder, ".env"), unmarked);
    await refused();
  });
});

test("files that were copied from dev are told as missing in prod", async () => {
  await withFolder(async (folder) => {
    await made(folder, "prod");
    for (const name of peoples) await writeFile(join(folder, "secrets", name), name);
    const samples = Object.entries(sampleSecrets).map(
      ([name, text]) => [name.replaceAll(/[A-Z]/g, "-$&").toLowerCase(), text] as const,
    );
    expect(samples.map(([name]) => name)).toEqual(["slack-webhook-url", "pagerduty-routing-key", "smtp-password"]);
    for (const [name, text] of samples) await writeFile(join(folder, "secrets", name), text);
    const { code, stderr } = await made(folder, "prod");
    expect(code).toBe(1);
    for (const [name] of samples)
      expect(stderr).toMatch(new RegExp(`^  secrets/${name}: .*; it holds the sample of dev$`, "m"));
    expect(stderr.match(/secrets\//g)).toHaveLength(samples.length);
  });
});

test("another stack is refused, and nothing is made", async () => {
  await withFolder(async (folder) => {
    const { code, stderr } = await made(folder, "staging");
    expect([code, stderr.trim()]).toEqual([2, `usage: ${script} dev|prod, not 'staging'`]);
    expect(await readdir(folder)).toEqual(["bin"]);
  });
});
