import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../console/error.ts";
import type { Place } from "../release/registry.ts";
import { dockerfileInputs } from "./dockerfile.ts";
import { inputFiles } from "./files.ts";

/** What is asked of what an image is made of. */
export interface InputsRequest {
  /** The build's context. */
  readonly checkout: string;
  /** Below the checkout, as `services/backend/Dockerfile`. */
  readonly dockerfile: string;
  /** Where an image is. */
  readonly open: (image: { readonly repository: string }) => Promise<Place>;
  readonly now: Date;
}

/**
 * One name for all that an image is made of: its Dockerfile, the files that it takes from the checkout, and what the tags of
 * its base images name now. Two builds with the same name are of the same things, but for what their `RUN` fetches
 * (packages of the distribution) and the version that is written on them. So the month counts too: nothing is older, and no
 * image collects more tags than a registry lets it have (ECR: 1,000). Throws a UserError where it cannot be told.
 */
export async function inputsOf({ checkout, dockerfile, open, now }: InputsRequest): Promise<string> {
  const path = join(checkout, dockerfile);
  if (!existsSync(path)) {
    const known = globSync("{services,tools}/*/Dockerfile", { cwd: checkout }).sort().join(", ");
    throw new UserError(`there is no ${dockerfile}; there are ${known || "none in services/ and tools/"}`, 2);
  }
  const text = readFileSync(path, "utf8");
  const { bases, sources } = dockerfileInputs(text, dockerfile);
  const digests = await Promise.all(bases.toSorted().map(async (base) => `${base} ${await digestOf(base, open)}`));
  const files = inputFiles(checkout, dockerfile, sources).map(({ path, hash, mode }) => `${mode} ${hash} ${path}`);
  const said = JSON.stringify({ month: now.toISOString().slice(0, "2026-11".length), text, digests, files });
  return createHash("sha256").update(said).digest("hex");
}

/** What a base image is now. */
async function digestOf(base: string, open: InputsRequest["open"]): Promise<string> {
  const { repository, tag, digest } = reference(base);
  if (digest !== undefined) return digest;
  const { registry, name } = await open({ repository });
  const found = await registry.digestOf(name, tag);
  if (found === undefined) throw new UserError(`${registry.host} has no ${name}:${tag}, which an image is built on`);
  return found;
}

/** `node:24` → docker.io/library/node and 24, as Docker reads it. */
function reference(image: string): { readonly repository: string; readonly tag: string; readonly digest?: string } {
  const [tagged = "", digest] = image.split("@");
  const [, named = tagged, tag = "latest"] = /^(.*):([^/]+)$/.exec(tagged) ?? [];
  const [host = ""] = named.split("/");
  const isWhole = named.includes("/") && (/[.:]/.test(host) || host === "localhost");
  const repository = isWhole ? named : `docker.io/${named.includes("/") ? "" : "library/"}${named}`;
  return { repository, tag, ...(digest !== undefined && { digest }) };
}
