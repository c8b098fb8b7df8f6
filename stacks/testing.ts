import type { Data } from "./layers.ts";

/** The least that a production stack on ECS says; tests lay over it what a person wrote. */
export const leastOfProduction: Data = {
  domain: "trading.example.com",
  images: { application: "ghcr.io/example/trading", version: "1.2.3" },
  alerts: { receivers: { email: { smarthost: "smtp.example.com:587" } } },
  ecs: { region: "eu-central-1", accountId: "111122223333", hostedZoneId: "Z0123456789ABCDEFGHIJ" },
};
