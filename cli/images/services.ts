import type { OwnService } from "../../components/blueprint.ts";
import { node } from "../setup/node.ts";
import { postgresAccount, postgresEnvironment, postgresPrograms } from "./debian.ts";
import { busybox, certificates, file, folder, packages, program, service, system } from "./parts.ts";
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
  built: { folder: "services/frontend/page", by: "services/frontend/build.ts" },
};

export const sinkService: Service = { workspace: "services/alert-sink", beside: [] };

export const backupService: Service = { workspace: "services/backup", beside: [] };

/** The same as services/backend/Dockerfile makes where a registry can be reached. */
export const backend = serviceRecipe("backend", backendService, 8000, ["serve"]);

/** The same as services/frontend/Dockerfile makes. */
export const frontend = serviceRecipe("frontend", frontendService, 3000);

/** The same as services/alert-sink/Dockerfile makes. */
export const alertSink = serviceRecipe("alert-sink", sinkService, 8082);

/** The same as services/backup/Dockerfile makes: PostgreSQL's own programs, and the process that calls them. */
export const backup: Recipe = withPostgres(serviceRecipe("backup", backupService, 8083, ["run"]));

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

/** As the database's own user: what is restored belongs to that one. */
function withPostgres({ parts, config, differences, ...recipe }: Recipe): Recipe {
  const { uid, gid } = postgresAccount;
  return {
    ...recipe,
    parts: [
      ...postgresPrograms,
      ...parts,
      ...system(postgresAccount),
      folder("/var/lib/backup", [uid, gid], 0o700),
      folder("/run/backup", [uid, gid]),
    ],
    config: {
      ...config,
      user: `${uid}:${gid}`,
      environment: { ...config.environment, NODE_OPTIONS: "--max-semi-space-size=1", ...postgresEnvironment },
      volumes: ["/var/lib/backup"],
    },
    differences: [
      { what: "Debian's PostgreSQL 17, as in the image postgres", why: "they read and write the same files" },
      ...differences,
    ],
  };
}
