/** What was found when a part was asked. */
export interface ComponentHealth {
  readonly status: "healthy" | "unhealthy";
  readonly latencyMs: number;
  /** In one word or two: details are in the log. */
  readonly error?: "timeout" | "unreachable";
}

export type Health = "healthy" | "degraded" | "unhealthy";

/** Without these nothing works; without the others something does. */
const essential: ReadonlySet<string> = new Set(["database"]);

export function overall(components: Readonly<Record<string, ComponentHealth>>): Health {
  const ill = Object.entries(components).filter(([, { status }]) => status === "unhealthy");
  if (ill.length === 0) return "healthy";
  return ill.some(([name]) => essential.has(name)) ? "unhealthy" : "degraded";
}

/** Degraded is well enough for whoever asks by status alone. */
export const statusCodeOf = (health: Health): 200 | 503 => (health === "unhealthy" ? 503 : 200);

/** Why an instance gets no traffic. Shared dependencies are no reason: the others have them too. */
export interface Readiness {
  readonly started: boolean;
  readonly draining: boolean;
}

export const isReady = ({ started, draining }: Readiness): boolean => started && !draining;
