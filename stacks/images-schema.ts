import { z } from "zod";
import type { Product } from "../components/settings.ts";
import { digest, section, tag, text, whole } from "./fields.ts";

const version = tag("Pinned version of the product.");

export const imagesSection = section("Container images.", {
  registry: text(
    "Replaces every image's registry: a mirror, or an air-gapped registry.",
    /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)*$/,
    "a registry, as mirror.example.com or mirror.example.com:5000/trading",
  ).exactOptional(),
  registryUser: text(
    "User of the registry; the password is the secret registryPassword.",
    /^[^\s:]+$/,
    "a user name without spaces and colons",
  ).exactOptional(),
  mirror: text(
    "Where copies of the third-party images are, made by ./platform images mirror; default: they come from their makers.",
    /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+$/,
    "a registry with a path in lower case, as registry.example.com/mirror",
  ).exactOptional(),
  mirrored: z
    .record(
      z.string(),
      digest("Digest of that copy; ./platform images mirror writes it into stacks/releases/<stack>.images.yaml."),
      { error: "must be a section of digests by image, as docker.io/library/nginx:1.28.0-alpine" },
    )
    .meta({ description: "Digests of the third-party images' copies, by the makers' own names." })
    .exactOptional(),
  application: text(
    "Where the application's own images are; /backend, /frontend, /backup and /probe follow.",
    /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+$/,
    "a registry with a path in lower case, as ghcr.io/example/trading",
  ),
  version: tag("Release of the application, until stacks/releases/ says which one runs."),
  digests: z
    .record(
      z.string(),
      digest("Digest of that service's image; ./platform up --release writes it into stacks/releases/."),
      {
        error: "must be a section of digests by service, as backend",
      },
    )
    .meta({ description: "Digests of the application's images, by service." })
    .exactOptional(),
  versions: section("Versions of the third-party products.", {
    nginx: version,
    postgres: version,
    redis: version,
    prometheus: version,
    alertmanager: version,
    grafana: version,
    loki: version,
    promtail: version,
    nodeExporter: version,
    redisExporter: version,
    postgresExporter: version,
    blackboxExporter: version,
    cadvisor: version,
    kubeStateMetrics: version,
  } satisfies Record<Product, typeof version>),
  keep: whole("Images of a service that are kept; more than rollbackDepth.", 2, 1000),
  rollbackDepth: whole("How many releases back a rollback can go.", 1, 100),
}).superRefine(({ keep, rollbackDepth, registry, registryUser, application, mirror }, context) => {
  const refuse = (key: string, message: string) => context.addIssue({ code: "custom", message, path: [key] });
  if (keep <= rollbackDepth) {
    const least = rollbackDepth + 1;
    refuse(
      "keep",
      `${keep} is too few to go back ${rollbackDepth} releases; keep at least ${least}, or lower images.rollbackDepth`,
    );
  }
  if (mirror === undefined) return;
  if (registry !== undefined) {
    refuse("mirror", `"${mirror}" is never asked: images.registry has all images already; say one of the two`);
  } else if (registryUser !== undefined && hostOf(mirror) !== hostOf(application)) {
    refuse(
      "mirror",
      `"${mirror}" is not on ${hostOf(application)}, whose user registryUser is; a user is of one registry: put the copies there`,
    );
  }
});

const hostOf = (place: string): string => place.slice(0, place.indexOf("/"));
