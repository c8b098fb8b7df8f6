import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type BootstrapSettings, bootstrapSettings } from "./settings.ts";

const fileSchema = z.object({ config: z.record(z.string(), z.unknown()) });

/** The settings in this checkout's `bootstrap/Pulumi.bootstrap.yaml`. Throws an Error that names every bad key. */
export function readBootstrap(root: string): BootstrapSettings {
  const text = readFileSync(join(root, "bootstrap", "Pulumi.bootstrap.yaml"), "utf8");
  return bootstrapSettings(fileSchema.parse(parse(text)).config["trading-platform-bootstrap:settings"]);
}
