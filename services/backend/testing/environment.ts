import { describePlatform, isWorkload, membersOf } from "../../../components/specification.ts";
import type { WorkloadSpec } from "../../../components/workload/index.ts";
import { settingsOf } from "../../../tests/support/stacks.ts";
import type { TestServers } from "./servers.ts";

/** As dev states it. */
export function specOf(name: string): WorkloadSpec {
  const member = membersOf(describePlatform(settingsOf("dev"))).find((candidate) => candidate.name === name);
  if (member === undefined || !isWorkload(member)) throw new Error(`${name} is no workload`);
  return member;
}

/** Values of the secrets that the spec gives to the process. */
const secrets: Readonly<Record<string, string>> = {
  tokenSigningKey: "a-signing-key-of-a-test-with-32-characters",
  alertWebhookToken: "webhook-token",
  applicationAdminPassword: "the-admins-password",
};

/** The spec's variables and secrets, with the addresses of a test's own servers. */
export function environmentFor(spec: WorkloadSpec, port: number, { postgres, redis }: TestServers): NodeJS.ProcessEnv {
  const passwords = {
    databasePassword: postgres.configuration.password,
    cachePassword: redis.configuration.password,
  };
  const values: Readonly<Record<string, string>> = { ...secrets, ...passwords };
  return {
    ...spec.variables,
    ...Object.fromEntries(spec.secretVariables.map(({ name, secret }) => [name, values[secret]])),
    PORT: String(port),
    DATABASE_HOST: postgres.configuration.host,
    DATABASE_PORT: String(postgres.configuration.port),
    CACHE_HOST: redis.configuration.host,
    CACHE_PORT: String(redis.configuration.port),
    LOG_FORMAT: "json",
    SERVICE_VERSION: "2.1.0",
  };
}
