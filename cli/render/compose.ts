import { probeImage } from "../../components/blueprint.ts";
import type { Settings } from "../../components/settings.ts";
import { describePlatform, isWorkload, membersOf } from "../../components/specification.ts";
import { type ComposeDocument, composeDocument } from "../../components/targets/compose/document.ts";
import type { ComposeArgs } from "../../components/targets/compose/service.ts";
import { beyond, common } from "../../components/targets/compose/split.ts";
import { dockerSection } from "../../components/targets/docker/section.ts";
import type { WorkloadSpec } from "../../components/workload/index.ts";
import { type Comment, commented } from "../../components/yaml.ts";
import { namespace } from "../../stacks/error.ts";
import { readStackFile } from "../../stacks/files.ts";
import { isData } from "../../stacks/layers.ts";
import { readSettings, type Source } from "../../stacks/read.ts";
import { root } from "../root.ts";
import { folderOf, placeOf } from "./monitoring.ts";
import type { Rendered } from "./rendered.ts";

/** An environment for who uses nothing but Compose: a stack's settings, on the Docker target. */
export interface ComposePlace {
  readonly file: string;
  /** With the files that are mounted. */
  readonly folder: string;
  readonly settings: Settings;
  readonly workloads: readonly WorkloadSpec[];
  /** All of it, as it is when the file is laid over the base. */
  readonly document: ComposeDocument;
}

/** By which Compose's containers are told from those of Pulumi's stacks, on one daemon: their label `project`. */
export const composeProject = `${namespace}-compose`;

export const baseFile = "docker-compose.yml";

/** Where secrets in files are: not checked in. */
const secretsFolder = "./secrets";

const dockerfiles: Readonly<Record<string, string>> = {
  backend: "services/backend/Dockerfile",
  frontend: "services/frontend/Dockerfile",
  backup: "services/backup/Dockerfile",
  "alert-sink": "services/alert-sink/Dockerfile",
  probe: "tools/probe/Dockerfile",
};

export function composePlaces(): readonly [dev: ComposePlace, prod: ComposePlace] {
  const [dev, prod] = [unreleased("dev"), unreleased("prod")];
  return [
    place("docker-compose.dev.yml", folderOf("dev"), dev, true),
    place("docker-compose.prod.yml", "monitoring/compose-prod", {
      ...prod,
      // Customers come from anywhere; everything else stays on the host's loopback.
      // Its secrets are made by a script that is no authority: mTLS is Pulumi's alone (docs/mtls.md).
      config: { ...prod.config, target: "docker", docker: { publicAddress: "0.0.0.0" }, mtls: false },
    }),
  ];
}

/** What a stack runs is on record; checked-in files would differ after each deploy. */
function unreleased(stack: string): Source {
  const source = readStackFile(root, stack);
  // Compose takes every secret from its own files and variables, wherever a stack has it.
  const { secrets: _, vault: __, ...config } = source.config;
  // Its host pulls from the makers: the mirror holds what the stack's own target runs.
  const { mirror: ___, ...images } = isData(config.images) ? config.images : {};
  return { ...source, config: { ...config, images }, release: undefined, mirrored: undefined };
}

function place(file: string, folder: string, source: Source, isBuilt = false): ComposePlace {
  const settings = readSettings(source);
  const workloads = membersOf(describePlatform(settings)).filter(isWorkload);
  const { images, environment, stack } = settings;
  const build: ComposeArgs["build"] = ({ repository }) => {
    const dockerfile = dockerfiles[repository.slice(images.application.length + 1)];
    return dockerfile === undefined ? undefined : { context: ".", dockerfile, args: { VERSION: images.version } };
  };
  const document = composeDocument({
    workloads,
    section: dockerSection.parse(source.config.docker ?? {}),
    // Another project than Pulumi's: `./platform up` takes what carries its own labels for leftovers.
    naming: { project: composeProject, stack, environment },
    probeImage: probeImage(settings),
    source: ({ name }, path) => `./${placeOf(folder, name, path)}`,
    secretSource: (name) => `${secretsFolder}/${name}`,
    ...(isBuilt ? { build } : {}),
  });
  return { file, folder, settings, workloads, document };
}

/** The three files, and what they mount beside what `monitoring/` holds anyway. */
export function composeFiles(monitoring: readonly Rendered[]): readonly Rendered[] {
  const places = composePlaces();
  // Without what is the same object in two places, which YAML would write as an alias.
  const [dev, prod] = places.map(
    ({ document }): Readonly<Record<string, unknown>> => JSON.parse(JSON.stringify(document)),
  );
  const base = common(dev ?? {}, prod ?? {});
  const known = new Set(monitoring.map(({ path }) => path));
  return [
    { path: baseFile, render: () => commented(base, heading(baseHeading), comments(base)) },
    ...places.map(({ file, settings }, index) => {
      const own = beyond(base, (index === 0 ? dev : prod) ?? {});
      return { path: file, render: () => commented(own, heading(ownHeading(file, settings)), comments(own)) };
    }),
    ...places
      .flatMap(({ workloads, folder }) =>
        workloads.flatMap(({ name, files }) =>
          files.map(({ path, content }) => ({ path: placeOf(folder, name, path), render: () => content })),
        ),
      )
      .filter(({ path }) => !known.has(path)),
  ];
}

const baseHeading = [
  "The platform for Docker Compose: what development and production have in common. It is not complete by itself;",
  "one of the two is laid over it:",
  "",
  "  docker compose -f docker-compose.yml -f docker-compose.dev.yml up --detach --wait",
  "  docker compose -f docker-compose.yml -f docker-compose.prod.yml up --detach --wait",
  "",
  'Secrets come from .env (variables) and secrets/ (files), which docs/guide.md, "Docker Compose", makes; none is in here.',
  "Rendered by ./platform render from the same specs as every target (components/targets/compose/); not to be edited.",
];

const ownHeading = (file: string, { stack, environment }: Settings): readonly string[] => [
  `The platform for Docker Compose in ${environment}: the settings of Pulumi.${stack}.yaml, on one Docker host.`,
  "",
  `  docker compose -f docker-compose.yml -f ${file} up --detach --wait`,
  "",
  "Needs Docker Engine 25 or newer (start_interval of health checks). Rendered by ./platform render; not to be edited.",
];

const heading = (lines: readonly string[]): string => lines.join("\n# ").replaceAll("\n# \n", "\n#\n");

/** What a reader of the file asks: where a part comes from. */
function comments(document: Readonly<Record<string, unknown>>): readonly Comment[] {
  const all: readonly Comment[] = [
    [["services", "probe"], "Brings the probe binary to services whose images have neither shell nor wget; ends then."],
    [["services", "database"], "The application: components/application/, a file a service."],
    [["services", "loki"], "Logs: components/logging/."],
    [
      ["services", "prometheus"],
      "Metrics, alerts, dashboards: components/monitoring/, components/alerts/, components/dashboards/.",
    ],
    [
      ["networks"],
      "A server's own network, which only its clients join, has no way out; egress… have one: components/targets/docker/networks.ts.",
    ],
    [["volumes"], "Outlive the containers; docker compose down --volumes removes them, with the data."],
    [["secrets"], "Files of one secret each, readable for everybody inside a folder that only you may enter."],
  ];
  return all.filter(([path]) => isThere(document, path));
}

const isThere = (value: unknown, path: readonly (string | number)[]): boolean =>
  path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? new Map(Object.entries(at)).get(String(key)) : undefined),
    value,
  ) !== undefined;
