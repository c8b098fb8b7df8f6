import { expect, test } from "vitest";
import { settingsOf } from "../../tests/support/stacks.ts";
import { describePlatform, mountedFile } from "../specification.ts";

const nginx = mountedFile(describePlatform(settingsOf("prod")), "gateway", "/etc/gateway/nginx.conf");

/** The pattern of the location that answers 404. */
const hidden = /location ~ (\S+) \{\s+return 404;/.exec(nginx)?.[1] ?? "none";

// What services/backend/http/routes/ gives `internal` access, Alertmanager's own route, and an operator's.
test.each([
  "/api/v1/metrics",
  "/api/v1/metrics/prometheus",
  "/api/v1/metrics/summary",
  "/api/v1/health/metrics",
  "/api/v1/health/detailed",
  "/api/v1/webhooks/alerts",
  "/api/v1/admin/log-level",
])("%s is not for customers", (path) => {
  expect(path).toMatch(new RegExp(hidden));
});

test.each(["/api/v1/health", "/api/v1/health/ready", "/api/v1/orders", "/api/v1/metricsque"])("%s is", (path) => {
  expect(path).not.toMatch(new RegExp(hidden));
});

test("another application's paths are its own, and its metrics are hidden wherever they are", () => {
  const conf = confOf("prod", "ecs", {
    backend: { metricsPath: "/rest/stats.txt" },
    gateway: { apiPaths: ["/rest", "/ws"], hiddenPaths: ["/rest/internal"] },
  });
  const [hides, answers] = [...conf.matchAll(/location ~ (\S+) \{/g)].map(([, pattern = ""]) => new RegExp(pattern));
  for (const path of ["/rest/internal", "/rest/internal/x", "/rest/stats.txt"]) expect(path).toMatch(hides ?? /never/);
  for (const path of ["/rest/internals", "/rest/stats-txt", "/"]) expect(path).not.toMatch(hides ?? /./);
  for (const path of ["/rest", "/rest/notes", "/ws/live"]) expect(path).toMatch(answers ?? /never/);
  for (const path of ["/", "/api/v1", "/restful"]) expect(path).not.toMatch(answers ?? /./);
});

const confOf = (stack: string, target?: string, more = {}) =>
  mountedFile(describePlatform(settingsOf(stack, target, more)), "gateway", "/etc/gateway/nginx.conf");

test("a site with a name is HTTPS, by its own name; a developer's localhost is what it is asked by", () => {
  expect(nginx).toContain("return 308 https://trading.example.com$request_uri;");
  expect(confOf("dev")).not.toMatch(/return 308|max-age/);
  expect(confOf("dev", "docker", { domain: "dev.example.com" })).toContain("return 308 https://dev.example.com");
});

test.each([
  ["ecs", {}, ["10.50.64.0/20", "10.50.80.0/20", "10.50.96.0/20"]],
  ["kubernetes", {}, ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"]],
  ["kubernetes", { kubernetes: { publicAccess: { kind: "load-balancer" } } }, []],
  ["docker", {}, []],
])("on %s (%o) it believes what ends TLS before it, and nobody else", (target, more, balancers) => {
  const conf = confOf("prod", target, more);
  expect([...conf.matchAll(/set_real_ip_from (\S+);/g)].map(([, range]) => range)).toEqual(balancers);
});

test("nginx has as many processes as the container has processors, not the host", () => {
  const withCpu = (limit: number) =>
    confOf("prod", undefined, { gateway: { resources: { cpuMillicores: { request: 100, limit } } } });
  expect(withCpu(500)).toContain("worker_processes 2;");
  expect(withCpu(2500)).toContain("worker_processes 3;");
});
