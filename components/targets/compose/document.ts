import { imageReference } from "../../workload/index.ts";
import { needsProbeBinary } from "../docker/health.ts";
import { labelsOf, nameOf, ownVolumeName } from "../docker/names.ts";
import { serversOf } from "../docker/networks.ts";
import { probeName } from "../docker/owned.ts";
import {
  buildOf,
  type ComposeArgs,
  type ComposeService,
  isKept,
  labelsAsMap,
  literal,
  probeTarget,
  secretFileName,
  serviceOf,
} from "./service.ts";
import { waysOut } from "./ways.ts";

/** A file for `docker compose`, as the Compose Specification has it (https://docs.docker.com/reference/compose-file/). */
export interface ComposeDocument {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, ComposeNetwork>>;
  readonly volumes: Readonly<Record<string, { readonly labels: Readonly<Record<string, string>> }>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

interface ComposeNetwork {
  readonly internal?: true;
  readonly driver_opts?: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The same platform as on the Docker target, for who uses nothing but compose. Files are mounted from where `source` says,
 * secrets in variables come from Compose's environment. Throws for what a compose file cannot say.
 */
export function composeDocument(args: ComposeArgs): ComposeDocument {
  const { workloads, naming, secretSource } = args;
  const servers = serversOf(workloads);
  const probe = workloads.some(needsProbeBinary) ? { [probeName]: probeService(args) } : {};
  const labels = (component: string) => labelsAsMap(labelsOf(naming, component));
  const ways = waysOut(workloads);
  return {
    name: nameOf(naming),
    services: {
      ...probe,
      ...Object.fromEntries(workloads.map((spec) => [spec.name, serviceOf(spec, { servers, ways }, args)])),
    },
    networks: {
      ...Object.fromEntries(servers.map((name) => [name, { internal: true, labels: labels(name) }])),
      ...Object.fromEntries([...new Set(ways.values())].map((name) => [name, wayOut(labels(name))])),
    },
    volumes: {
      ...(probeName in probe ? { [probeName]: { labels: labels(probeName) } } : {}),
      ...Object.fromEntries(
        workloads.flatMap((spec) =>
          spec.volumes.filter(isKept).map((volume) => [ownVolumeName(spec, volume, 0), { labels: labels(spec.name) }]),
        ),
      ),
    },
    secrets: Object.fromEntries(
      workloads
        .flatMap((spec) => spec.secretFiles.map((file) => secretFileName(spec, file)))
        .map((name) => [name, { file: secretSource(name) }]),
    ),
  };
}

/** As on the Docker target, its members do not meet. */
const wayOut = (labels: ComposeNetwork["labels"]): ComposeNetwork => ({
  driver_opts: { "com.docker.network.bridge.enable_icc": "false" },
  labels,
});

/** Puts the probe binary into its volume, and ends. */
const probeService = (args: ComposeArgs): ComposeService => ({
  image: literal(imageReference(args.probeImage)),
  ...buildOf(args.probeImage, args),
  command: ["install", probeTarget],
  user: "0:0",
  labels: labelsAsMap(labelsOf(args.naming, probeName)),
  read_only: true,
  cap_drop: ["ALL"],
  security_opt: ["no-new-privileges:true"],
  network_mode: "none",
  volumes: [{ type: "volume", source: probeName, target: probeTarget }],
});
