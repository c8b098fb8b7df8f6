import type { z } from "zod";
import type { VaultSettings } from "../components/vault/settings.ts";
import { type Image, isMovingTag } from "../components/workload/index.ts";
import { section, text } from "./fields.ts";

/** The image in which the agents were tried: `tools/vault` pins the same version. */
const agentImage = "docker.io/hashicorp/vault:1.21.0";

const imageForm = "an image with its registry and a version that does not move, as docker.io/hashicorp/vault:1.21.0";

const image = text(
  "Image of the agents, with a shell; images.registry replaces its registry too.",
  /^[a-z0-9.-]+(?::\d+)?(?:\/[a-z0-9._-]+)+:\w[\w.-]{0,127}(?:@sha256:[0-9a-f]{64})?$/,
  imageForm,
)
  .refine((reference) => !isMovingTag(splitReference(reference).version), { error: `must be ${imageForm}` })
  .default(agentImage)
  .transform(splitReference);

function splitReference(reference: string): Image {
  const [named = "", digest] = reference.split("@");
  const colon = named.lastIndexOf(":");
  const tagged = { repository: named.slice(0, colon), version: named.slice(colon + 1) };
  return digest === undefined ? tagged : { ...tagged, digest };
}

const pathForm = "a path of letters, digits, _, - and . between slashes, as trading/prod/databasePassword";
export const entryPath = text("Entry below vault.mount.", /^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*$/, pathForm);

export const entryKey = text(
  "Key in the entry.",
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  "a key of letters, digits and _, as value",
);

const mountPath = (what: string) =>
  text(what, /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*$/, "a path of a mount without auth/ before it, as approle");

/** Where Vault is; a stack whose `secrets` name no entry of it needs none. */
export const vaultSection = section("HashiCorp Vault, for the secrets that say vault; off without this section.", {
  address: text(
    "Where workloads and people reach it.",
    /^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?$/,
    "an address without a path, as https://vault.example.com:8200",
  ),
  mount: mountPath("Of the KV engine, version 2.").default("secret"),
  role: text(
    "Begins the names of the workloads' policies and roles; default: trading-<stack>.",
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    "at most 63 lower-case letters, digits and dashes",
  ).exactOptional(),
  authMount: mountPath(
    "Of the auth method by which workloads log in; default: approle on docker and ecs, kubernetes there.",
  ).exactOptional(),
  caCertificate: text(
    "PEM of the authority of Vault's certificate; default: those that the agent's image trusts.",
    /^-----BEGIN CERTIFICATE-----\n[\s\S]+-----END CERTIFICATE-----\s*$/,
    "a certificate in PEM, its lines below |",
  ).exactOptional(),
  cidr: text(
    "Its addresses: workloads' firewalls open towards these alone; default: to its port anywhere. On docker the way out is open.",
    /^(?:\d{1,3}\.){3}\d{1,3}\/(?:\d|[12]\d|3[0-2])$/,
    "a range of IPv4 addresses, as 10.0.7.0/24",
  ).exactOptional(),
  image,
}) satisfies z.ZodType<VaultSettings>;
