import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { at } from "../../tests/support/json.ts";
import { settingsOf } from "../../tests/support/stacks.ts";
import { describePlatform, mountedFile, platformProblems } from "../specification.ts";

const url = "https://mimir.example.com/api/v1/push";
const credential = "/etc/prometheus-secrets/remote-write-credential";

/** Prometheus of production, with that remote store. */
function prometheusWith(remoteWrite: object | undefined, target?: string) {
  const settings = settingsOf("prod", target, remoteWrite === undefined ? {} : { metrics: { remoteWrite } });
  const platform = describePlatform(settings);
  const workload = platform.monitoring.find(({ name }) => name === "prometheus");
  const config: unknown = parse(mountedFile(platform, "prometheus", "/etc/prometheus/prometheus.yml"));
  const secrets = workload?.secretFiles.filter(({ secret }) => secret === "remoteWriteCredential");
  return { remote: at(config, "remote_write", 0), workload, secrets, problems: platformProblems(settings, platform) };
}

describe.each(["docker", "ecs", "kubernetes"])("on %s", (target) => {
  test("the credential is a file that Prometheus mounts, and the way out is open", () => {
    const { remote, workload, secrets, problems } = prometheusWith({ url, authentication: "bearer" }, target);
    expect(remote).toMatchObject({ url, authorization: { credentials_file: credential } });
    expect(secrets).toEqual([{ path: credential, secret: "remoteWriteCredential" }]);
    expect(workload?.internet).toBe(true);
    expect(problems).toEqual([]);
  });
});

test("a user has a password, and nobody has nothing", () => {
  const basic = prometheusWith({ url, authentication: "basic", user: "trading" });
  expect(basic.remote).toMatchObject({ basic_auth: { username: "trading", password_file: credential } });
  const open = prometheusWith({ url, authentication: "none" });
  expect(open.remote).toEqual({ name: "remote", url, queue_config: { retry_on_http_429: true } });
  expect(open.secrets).toEqual([]);
});

test("the queue holds five times what is sent at once", () => {
  const { remote } = prometheusWith({ url, authentication: "none", samplesPerSend: 500, maxShards: 10 });
  expect(at(remote, "queue_config")).toMatchObject({ max_samples_per_send: 500, capacity: 2500, max_shards: 10 });
});

test("without a remote store there is nothing of it: no configuration, no secret, no way out, no alert", () => {
  const { remote, workload, secrets } = prometheusWith(undefined, "docker");
  expect(remote).toBeUndefined();
  expect(secrets).toEqual([]);
  expect(workload?.internet).toBe(false);
  const names = describePlatform(settingsOf("prod")).alerts.map(({ name }) => name);
  expect(names.filter((name) => name.startsWith("RemoteWrite"))).toEqual([]);
});
