import { type Product, products } from "../../components/settings.ts";
import { nginx, postgres, redis } from "./debian.ts";
import * as built from "./monitoring.ts";
import type { ImageName, Recipe } from "./recipe.ts";
import { alertSink, backend, backup, frontend } from "./services.ts";

/** What cannot be made here, and why. */
export interface LeftOut {
  readonly name: ImageName;
  readonly leftOut: string;
}

const leftOut = (name: ImageName, reason: string): LeftOut => ({ name, leftOut: reason });

const ofProducts: Readonly<Record<Product, Recipe | LeftOut>> = {
  nginx,
  postgres,
  redis,
  prometheus: built.prometheus,
  alertmanager: built.alertmanager,
  grafana: leftOut("grafana", "Grafana's server is in no package registry that can be built from"),
  loki: built.loki,
  promtail: built.promtail,
  nodeExporter: built.nodeExporter,
  redisExporter: built.redisExporter,
  postgresExporter: built.postgresExporter,
  blackboxExporter: built.blackboxExporter,
  cadvisor: built.cadvisor,
  kubeStateMetrics: leftOut(
    "kubeStateMetrics",
    "its Go module cannot be had everywhere; on Docker and ECS nothing uses it",
  ),
};

/** Every image that the platform asks for by name, in the settings' order; then what is our own. */
export const catalogue: readonly (Recipe | LeftOut)[] = [
  ...products.map((name) => ofProducts[name]),
  backend,
  frontend,
  backup,
  alertSink,
  built.probe,
];

export const imageNames: readonly ImageName[] = catalogue.map(({ name }) => name);

export const isRecipe = (entry: Recipe | LeftOut): entry is Recipe => "parts" in entry;
