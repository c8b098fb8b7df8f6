/** As the API writes it: services/backend/http/routes/health.ts. */
export interface Health {
  readonly status: "healthy" | "degraded" | "unhealthy";
  readonly version: string;
  readonly components: Readonly<Record<string, { readonly status: "healthy" | "unhealthy" }>>;
}

/** Asked of the health endpoint, whose bad answers are answers too. Undefined: nobody answers. */
export async function askHealth(): Promise<Health | undefined> {
  try {
    const response = await fetch("/api/v1/health", { signal: AbortSignal.timeout(5_000) });
    const answer = JSON.parse(await response.text());
    return typeof answer?.components === "object" ? answer : undefined;
  } catch {
    return undefined;
  }
}

export function statusText(health: Health | undefined): string {
  if (health === undefined) return "System: does not answer";
  const parts = Object.entries(health.components).map(([name, { status }]) => `${name} ${status}`);
  return `System: ${health.status} (${parts.join(", ")}), version ${health.version}`;
}
