import type { Settings } from "../../../components/settings.ts";

export interface Place {
  readonly stack: string;
  readonly target: string;
}

/** Every stack on its own target, and production on Kubernetes, which has alerts of its own. */
export const places: readonly Place[] = [
  { stack: "dev", target: "docker" },
  { stack: "staging", target: "ecs" },
  { stack: "prod", target: "ecs" },
  { stack: "prod", target: "kubernetes" },
];

/** With the settings that add alerts. */
export const withEverything = (settings: Settings): Settings => ({
  ...settings,
  metrics: { ...settings.metrics, remoteWrite: { url: "https://mimir.example.com/push", authentication: "bearer" } },
  alerts: { ...settings.alerts, heartbeatUrl: "https://heartbeat.example.com/id" },
});
