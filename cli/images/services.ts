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

/** The same as services/backend/Dockerfile makes where a registry can be reached. */
export const backend: Recipe = {
  name: "backend",
  version: "2.1.0",
  parts: [
    packages(["libc6", "libstdc++6", "libgcc-s1"]),
    ...busybox,
    ...certificates,
    ...system(application),
    program(node, "/usr/local/bin/node"),
    service(backendService),
    file("/app/package.json", '{"type":"module"}\n'),
    file("/usr/local/bin/backend", '#!/bin/sh\nexec node /app/services/backend/main.ts "$@"\n', 0o755),
  ],
  config: {
    entrypoint: ["backend"],
    command: ["serve"],
    user: "10001:10001",
    workingFolder: "/app",
    environment: { NODE_ENV: "production" },
    ports: [8000],
  },
  differences: [
    { what: "what the checkout holds, not a release", why: "it is for development; releases are built by CI" },
  ],
};
