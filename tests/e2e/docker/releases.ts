import type Docker from "dockerode";
import { importTestServer } from "../../support/docker/test-image.ts";

/** Where the image of a stand-in for the backend is found under the platform's own name for it. */
export const backendRepository = "localhost/trading/backend";

/** Everything but the gateway and the backend. */
const without = [
  ...["database", "backup", "cache", "worker", "frontend", "loki", "promtail", "prometheus", "alertmanager", "grafana"],
  ...["node-exporter", "redis-exporter", "postgres-exporter", "blackbox-exporter", "cadvisor", "alert-sink"],
];

/** Settings of dev with a release of the backend, which is the tests' own server: its version, and how it behaves. */
export const backendRelease = (version: string, ...behaviour: readonly string[]) => ({
  "trading-platform:without": without,
  "trading-platform:images": { version },
  "trading-platform:backend": { readinessPath: "/ready", livenessPath: "/" },
  "e2e:backend": ["-listen", ":8000", ...behaviour],
});

/** Puts the images of these releases on a daemon. */
export async function importReleases(
  { docker }: { readonly docker: Docker },
  ...versions: readonly string[]
): Promise<void> {
  for (const version of versions) await importTestServer(docker, `${backendRepository}:${version}`);
}
