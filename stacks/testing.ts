import { type Data, overlay } from "./layers.ts";
import { readSettings, SettingsError } from "./read.ts";

/** The least that a production stack on ECS says; tests lay over it what a person wrote. */
export const leastOfProduction: Data = {
  domain: "trading.example.com",
  images: { application: "ghcr.io/example/trading", version: "1.2.3" },
  alerts: { receivers: { email: { smarthost: "smtp.example.com:587" } } },
  ecs: { region: "eu-central-1", accountId: "111122223333", hostedZoneId: "Z0123456789ABCDEFGHIJ" },
};

/** What a new user is told who lays `said` over a right production stack. */
export function told(said: Data, stack = "prod", target?: string): readonly string[] {
  const config = overlay([
    { origin: "default", values: leastOfProduction },
    { origin: "stack file", values: said },
  ]);
  try {
    readSettings({ stack, config, ...(target === undefined ? {} : { target }) });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ key, message }) => `${key}: ${message}`);
  }
  return [];
}
