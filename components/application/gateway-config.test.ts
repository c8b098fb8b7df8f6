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
