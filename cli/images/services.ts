import type { OwnService } from "../../components/blueprint.ts";
import { node } from "../setup/node.ts";
import { busybox, certificates, file, packages, program, service, system } from "./parts.ts";
import type { Recipe } from "./recipe.ts";
import type { Service } from "./service-files.ts";

/** The user that the application's images run as: components/blueprint.ts. */
const application = { name: "application", uid: 10_001, gid: 10_001 };

export const backendService: Service = {
  workspace: "services/backend",
  beside: ["components/application/telemetry.ts"],
};

export const frontendService: Service = {
  workspace: "services/frontend",
  beside: ["components/application/telemetry.ts"],
};

export const sinkService: Service = { workspace: "services/alert-sink", beside: [] };

/** The same as services/backend/Dockerfile makes where a registry can be reached. */
export const backend = serviceRecipe("backend", backendService, 8000, ["serve"]);

/** The same as services/frontend/Dockerfile makes. */
export const frontend = serviceRecipe("frontend", frontendService, 3000);

/** The same as services/alert-sink/Dockerfile makes. */
export const alertSink = serviceRecipe("alert-sink", sinkService, 8082);

function serviceRecipe(name: OwnService, own: Service, port: number, command?: readonly string[]): Recipe {
  return {
    name,
    version: "2.1.0",
    parts: [
      packages(["libc6", "libstdc++6", "libgcc-s1"]),
      ...busybox,
      ...certificates,
      ...system(application),
      program(node, "/usr/local/bin/node"),
      service(own),
      file("/app/package.json", '{"type":"module"}\n'),
      file(`/usr/local/bin/${name}`, `#!/bin/sh\nexec node /app/${own.workspace}/main.ts "$@"\n`, 0o755),
    ],
    config: {
      entrypoint: [name],
      ...(command === undefined ? {} : { command }),
      user: "10001:10001",
      workingFolder: "/app",
      environment: { NODE_ENV: "production" },
      ports: [port],
    },
    differences: [
      { what: "what the checkout holds, not a release", why: "it is for development; releases are built by CI" },
    ],
  };
}
