import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { root } from "../cli/root.ts";
import { settingsOf } from "../tests/support/stacks.ts";
import { authorityPath, identifiedMembers, identityNames, identityPath, knownConnections } from "./mtls.ts";
import { describePlatform, filesOf, isWorkload, membersOf, mountedFile } from "./specification.ts";
import type { WorkloadSpec } from "./workload/index.ts";

const on = (target: "docker" | "kubernetes" | "ecs", mtls = true) => {
  const settings = settingsOf("prod", target, { mtls });
  const platform = describePlatform(settings);
  const members = membersOf(platform);
  const specOf = (name: string): WorkloadSpec => {
    const spec = members.filter(isWorkload).find((each) => each.name === name);
    if (spec === undefined) throw new Error(`no member ${name}`);
    return spec;
  };
  return { settings, platform, members, specOf };
};
const targets = ["docker", "kubernetes", "ecs"] as const;

/** What is sent plainly with mtls on; another connection is another decision, which docs/mtls.md tells. */
const plain = [
  ["gateway", "frontend"],
  ["gateway", "grafana"],
  ["prometheus", "every exporter, Loki, Promtail, Grafana and the backup, for their metrics"],
  ["promtail", "loki"],
  ["grafana", "loki"],
  ["loki", "loki"],
  ["blackbox-exporter", "gateway"],
];

describe.each(targets)("on %s", (target) => {
  test("production and staging ask for certificates, unless they say otherwise; development where it says so", () => {
    expect(settingsOf("prod", target).mtls).toBe(true);
    expect(settingsOf("staging", target).mtls).toBe(true);
    expect(settingsOf("dev", target === "ecs" ? "docker" : target).mtls).toBe(false);
  });

  test("what is plain is told in docs/mtls.md", () => {
    const documented = readFileSync(join(root, "docs", "mtls.md"), "utf8");
    const found = knownConnections(on(target).members).filter(({ how }) => how === "plain");
    const told = plain.map(([from]) => from);
    for (const { from, to } of found) {
      expect(told, `${from} → ${to}`).toContain(from);
      if (from !== "prometheus") expect(documented).toContain(`| ${from} | ${to} |`);
    }
  });

  test("gateway, backend, worker, stores and who watches them know each other", () => {
    const how = (from: string, to: string) =>
      knownConnections(on(target).members).find((each) => each.from === from && each.to === to)?.how;
    const store = target === "ecs" ? "managed" : "mutual";
    expect(how("gateway", "backend")).toBe("mutual");
    for (const from of ["backend", "worker"]) {
      expect([how(from, "database"), how(from, "cache")]).toEqual([store, store]);
    }
    expect([how("postgres-exporter", "database"), how("redis-exporter", "cache")]).toEqual([store, store]);
    expect([how("prometheus", "backend"), how("prometheus", "worker"), how("alertmanager", "backend")]).toEqual(
      Array(3).fill("mutual"),
    );
    expect([how("prometheus", "alertmanager"), how("grafana", "prometheus")]).toEqual(["server", "server"]);
  });

  test("each has its own certificate under a secret of its own, and the authority's key nobody has", () => {
    for (const spec of on(target).members.filter(isWorkload)) {
      const shown = spec.secretFiles.filter(({ live }) => live === true);
      const own = identifiedMembers.get(spec.name);
      if (shown.length > 0) {
        expect(shown.map(({ path, secret }) => [path, secret])).toEqual([
          [authorityPath, "mtlsAuthority"],
          [identityPath, own],
        ]);
      }
      const secrets = [...spec.secretFiles, ...spec.secretVariables].map(({ secret }) => secret);
      expect(secrets).not.toContain("mtlsAuthorityKey");
    }
  });

  test("the backend lets in its clients alone, and is probed from inside its container", () => {
    const { specOf, members } = on(target);
    for (const name of ["backend", "worker"]) {
      const { variables, probes } = specOf(name);
      const clients = members.filter(isWorkload).filter(({ connectsTo }) => connectsTo.some(({ to }) => to === name));
      expect(variables.TLS_CLIENTS?.split(",").sort()).toEqual(clients.map((client) => client.name).sort());
      for (const { check } of [probes.liveness, probes.readiness]) {
        expect(check).toMatchObject({ kind: "command" });
        expect(JSON.stringify(check)).toContain("http://127.0.0.1:8002/api/v1/health/");
      }
    }
  });

  test("the gateway verifies the backend by the name that it asks", () => {
    const { settings, platform } = on(target);
    const conf = mountedFile(platform, "gateway", "/etc/gateway/nginx.conf");
    const address = settings.target.address("backend", "prod");
    expect(conf).toContain(`set $backend https://${address}:8000;`);
    expect(conf).toContain("proxy_ssl_verify on;");
    expect(identityNames(settings, "backend")).toContain(address);
  });

  test("Prometheus and Alertmanager show theirs", () => {
    const { platform } = on(target);
    const scraped = mountedFile(platform, "prometheus", "/etc/prometheus/prometheus.yml");
    for (const member of ["backend", "worker"]) {
      expect(scraped).toMatch(
        new RegExp(`job_name: ${member}\\n(?: .*\\n)*? {4}scheme: https\\n(?: .*\\n)*? {6}server_name: ${member}\\n`),
      );
    }
    expect(mountedFile(platform, "alertmanager", "/etc/alertmanager/alertmanager.yml")).toMatch(
      /url: https:\/\/[^\n]*\/webhooks\/alerts/,
    );
  });

  test("Alertmanagers, where there are several, gossip by their certificates alone", () => {
    const { platform, specOf, members } = on(target);
    const { args, ports, secretFiles } = specOf("alertmanager");
    const isAlone = args.includes("--cluster.listen-address=");
    expect(isAlone).toBe(target !== "kubernetes");
    if (isAlone) {
      expect(args.join(" ")).not.toContain("--cluster.tls-config");
      return;
    }
    expect(args).toContain("--cluster.tls-config=/etc/alertmanager/gossip.yml");
    expect(parse(mountedFile(platform, "alertmanager", "/etc/alertmanager/gossip.yml"))).toEqual({
      tls_server_config: {
        cert_file: identityPath,
        key_file: identityPath,
        client_auth_type: "RequireAndVerifyClientCert",
        client_ca_file: "/etc/alertmanager-gossip/ca.crt",
        client_allowed_sans: ["alertmanager"],
      },
      tls_client_config: {
        cert_file: identityPath,
        key_file: identityPath,
        ca_file: "/etc/alertmanager-gossip/ca.crt",
        server_name: "alertmanager",
      },
    });
    // Read once, at the start: another authority must make the pods anew.
    const trusted = secretFiles.filter(({ path }) => path === "/etc/alertmanager-gossip/ca.crt");
    expect(trusted.map(({ secret, live = false }) => [secret, live])).toEqual([["mtlsAuthority", false]]);
    expect(ports.find(({ name }) => name === "cluster")).toMatchObject({ protocols: ["TCP"], tls: "mutual" });
    expect(knownConnections(members)).toContainEqual({ from: "alertmanager", to: "alertmanager", how: "mutual" });
  });

  test("without it nothing of it is left", () => {
    const { members } = on(target, false);
    expect(JSON.stringify(members)).not.toMatch(/\/etc\/mtls|gossip\.yml|TLS_CLIENTS|proxy_ssl|"mutual"/);
  });
});

describe.each(["docker", "kubernetes"] as const)("an own store on %s", (target) => {
  test("PostgreSQL lets in nobody without TLS, and nobody without a certificate besides the password", () => {
    const { specOf, platform } = on(target);
    const rules = filesOf(platform, "database").find(({ path }) => path.endsWith("pg_hba.conf"))?.content ?? "";
    const lines = rules.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    for (const line of lines.filter((each) => !each.startsWith("local"))) {
      expect(line).toMatch(/^hostssl .*scram-sha-256 +clientcert=verify-ca$/);
    }
    expect(specOf("database").args).toContain("ssl=on");
  });

  test("Redis has no plain port", () => {
    const conf = mountedFile(on(target).platform, "cache", "/etc/cache/redis.conf");
    expect(conf).toContain("port 0\ntls-port 6379\n");
    expect(conf).toContain("tls-auth-clients yes\n");
  });
});
