import type { Patience } from "./aws/ecs/settle.ts";
import { aws } from "./aws/model.ts";
import { docker } from "./docker/model.ts";
import type { Elsewhere } from "./elsewhere.ts";
import type { Fault } from "./faults.ts";
import { guardFor } from "./guard.ts";
import { kubernetes } from "./kubernetes/model.ts";
import type { Model } from "./model.ts";
import { OfflineProvider } from "./provider.ts";
import type { ProviderName } from "./schema/resource-types.ts";
import { serviceOf } from "./server.ts";
import type { Service } from "./unary-server.ts";

const models: Readonly<Record<ProviderName, Model>> = { aws, kubernetes, docker };

/** A stand-in for a provider, for updates against the backend in a folder. */
export async function standIn(
  name: ProviderName,
  folder: string,
  faults: readonly Fault[],
  services: Patience | undefined,
): Promise<Service> {
  const elsewhere = name === "aws" && services !== undefined ? await settledServices(services) : undefined;
  return serviceOf(new OfflineProvider(models[name], guardFor(name, folder), faults, elsewhere));
}

/** Imported only where there is somebody to ask: an SDK of AWS takes its time. */
async function settledServices(patience: Patience): Promise<Elsewhere> {
  const [{ ECS }, { SettledServices }] = await Promise.all([
    import("@aws-sdk/client-ecs"),
    import("./aws/ecs/settle.ts"),
  ]);
  return new SettledServices(new ECS({ region: "eu-central-1" }), patience);
}
