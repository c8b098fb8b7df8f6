import fc from "fast-check";
import { expect, test } from "vitest";
import { deployment, dockerContainer, dockerService, taskDefinition } from "./example-resources.ts";
import { forbidPlainSecrets } from "./forbid-plain-secrets.ts";
import { judgeProgram, programOf } from "./judge.ts";
import { findingLine } from "./message.ts";
import type { ExampleResource } from "./policy.ts";
import { found } from "./testing.ts";
import { UNKNOWN, type Value } from "./values.ts";

const variable = (name: string, value: Value): ExampleResource => deployment({ env: [{ name, value }] });

test.each<[string, ExampleResource]>([
  ["a password", variable("DB_PASSWORD", "x")],
  ["an API key", variable("STRIPE_API_KEY", "x")],
  ["a key of AWS under any name", variable("WHO", `AKIA${"A".repeat(16)}`)],
  ["a private key", variable("PEM", "-----BEGIN RSA PRIVATE KEY-----\nx")],
  ["a password in a URL", variable("BROKER", "amqp://user:pw@mq:5672")],
  ["one on the command line", deployment({ command: ["serve", "amqp://u:pw@mq"] })],
  ["one behind an argument's name", deployment({ args: ["--db=postgres://u:pw@db/shop"] })],
  ["a password as an argument", deployment({ args: ["--db-password=x1y2z3"] })],
  ["Redis' password", dockerContainer({ command: ["redis-server", "--requirepass", "x1y2z3"] })],
  ["libpq's password", variable("PGPASSWORD", "x")],
  ["a property of Spring", variable("spring.datasource.password", "x")],
  ["ecs", taskDefinition({ environment: [{ name: "SIGNING_KEY", value: "x" }] })],
  ["docker", dockerContainer({ envs: ["TOKEN=x"] })],
  ["swarm", dockerService({ env: { TOKEN: "x" } })],
])("%s is found", (_, resource) => {
  expect(found(forbidPlainSecrets, resource)).toEqual([expect.stringContaining("has a secret in its plain")]);
});

test.each<[string, ExampleResource]>([
  ["where one is", variable("DB_PASSWORD_FILE", "/run/secrets/db")],
  ["a reference", deployment({ env: [{ name: "DB_PASSWORD", valueFrom: { secretKeyRef: { key: "k" } } }] })],
  ["another variable's value", variable("DB_PASSWORD", "$(PASSWORD)")],
  ["a reference as an argument", deployment({ args: ["--db-password=$(PASSWORD)", "--requirepass", "$(PASSWORD)"] })],
  ["where an argument's is", deployment({ args: ["--password=@/run/secrets/db", "--password-file=/run/secrets/db"] })],
  ["an argument without one", deployment({ args: ["--no-password", "shop", "--requirepass"] })],
  ["an empty one", dockerContainer({ envs: ["TOKEN=", "HOST=db"] })],
  ["a URL without a password", variable("DB_URL", "postgres://user@db/shop")],
  ["a switch", variable("ALLOW_EMPTY_PASSWORD", "yes")],
  ["a file", variable("GOOGLE_APPLICATION_CREDENTIALS", "/etc/google/key.json")],
  ["a path with an at sign", variable("IMAGE", "https://ghcr.io/acme/api@sha256:00")],
])("%s passes", (_, resource) => {
  expect(found(forbidPlainSecrets, resource)).toEqual([]);
});

test.each<[string, number]>([
  ["DB_PASSWORD", 1],
  ["db-password", 1],
  ["spring.datasource.password", 1],
  ["tls-secret", 0],
  ["password-policy", 0],
])("a ConfigMap's key %s", (key, findings) => {
  const configMap = { type: "kubernetes:core/v1:ConfigMap", name: "c", properties: { data: { [key]: "x1y2z3" } } };
  expect(found(forbidPlainSecrets, configMap)).toHaveLength(findings);
});

test("unknown values are named where they may be secret", () => {
  expect(found(forbidPlainSecrets, variable("DB_PASSWORD", UNKNOWN))).toEqual([
    "api? spec.template.spec.containers[0].env[0].value",
  ]);
  expect(found(forbidPlainSecrets, variable("DB_HOST", UNKNOWN))).toEqual([]);
});

test("a reason that the program states is accepted, and said once", () => {
  const labels = [{ label: "example.com/plain-secrets-reason", value: "one host, encrypted config" }];
  expect(found(forbidPlainSecrets, dockerContainer({ labels, envs: ["A_TOKEN=x", "B_TOKEN=y", UNKNOWN] }))).toEqual([
    "api! one host, encrypted config",
  ]);
  expect(found(forbidPlainSecrets, dockerContainer({ labels, envs: ["HOST=db"] }))).toEqual([]);
});

test("law: no finding repeats the secret", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9]{12,40}$/), (secret) => {
      const program = programOf([
        variable("DB_PASSWORD", secret),
        dockerContainer({ envs: [`A=redis://u:${secret}@h`] }),
      ]);
      const judgements = judgeProgram(forbidPlainSecrets, program);
      expect(judgements).toHaveLength(2);
      for (const { resource, finding } of judgements) {
        expect(findingLine(forbidPlainSecrets, resource, finding)).not.toContain(secret);
      }
    }),
  );
});
