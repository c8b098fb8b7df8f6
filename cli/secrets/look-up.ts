import type { SecretSource } from "../../components/workload/index.ts";
import { heldInCloud } from "./cloud.ts";
import { heldInConfig } from "./config.ts";
import type { Held } from "./held.ts";

/** Looks where a stack's secrets are held. */
export async function lookUp(folder: string, stack: string): Promise<(source: SecretSource) => Promise<Held>> {
  const inConfig = await heldInConfig(folder, stack);
  return async (source) => {
    switch (source.kind) {
      case "config":
        return inConfig(source.key);
      case "secretsManager":
        return heldInCloud(source.arn);
    }
  };
}
