import { createHash } from "node:crypto";
import { z } from "zod";
import { UserError } from "../console/error.ts";
import { RegistryFault, unanswered } from "./fault.ts";

/** A user of a registry. */
export interface RegistryUser {
  readonly name: string;
  /** Never printed. */
  readonly password: string;
}

/** A manifest as the registry holds it. */
export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly content: ManifestContent;
}

const descriptor = z.object({
  digest: z.string(),
  size: z.int(),
  urls: z.array(z.string()).optional(),
  /** Of an index: the kind of machine. */
  platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
});
/** What a manifest says of something that it refers to. */
export type Descriptor = z.infer<typeof descriptor>;

/** What an image or an index refers to. */
const contentSchema = z.object({
  config: descriptor.optional(),
  layers: z.array(descriptor).default([]),
  /** Of an index. */
  manifests: z.array(descriptor).default([]),
  annotations: z.record(z.string(), z.string()).default({}),
});
type ManifestContent = z.infer<typeof contentSchema>;

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** One registry's HTTP API v2: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md */
export interface Registry {
  readonly host: string;
  /** Asks it below `/v2/`, as its user; answers of any status. */
  ask(path: string, request?: RequestInit): Promise<Response>;
  /** The manifest that a tag or a digest names; undefined where there is none. Throws a UserError for other bytes. */
  manifest(repository: string, reference: string): Promise<Manifest | undefined>;
  /** Its digest alone; registries that count pulls do not count this. */
  digestOf(repository: string, reference: string): Promise<string | undefined>;
}

/**
 * Opens a registry; nothing is asked yet. As Docker does, without TLS on the loopback alone.
 * @param host with its port, as `ghcr.io` or `127.0.0.1:5000`.
 * @param user default: nobody; what is public can be read.
 */
export function openRegistry(host: string, user?: RegistryUser): Registry {
  const scheme = /^(?:localhost|127\.0\.0\.1)(?::\d+)?$/.test(host) ? "http" : "https";
  const base = `${scheme}://${host}`;
  const authorizations = new Map<string, string>();
  const ask = async (path: string, request: RequestInit = {}): Promise<Response> => {
    const url = new URL(path, `${base}/v2/`);
    const [repository = ""] = /^\/v2\/.+?(?=\/(?:manifests|blobs|tags)\/)/.exec(url.pathname) ?? [];
    const attempt = (): Promise<Response> => {
      const headers = new Headers(request.headers);
      const authorization = authorizations.get(repository);
      if (authorization !== undefined && url.origin === base) headers.set("authorization", authorization);
      return reached(url, { ...request, headers, redirect: "follow" });
    };
    const answer = await attempt();
    const challenge = answer.headers.get("www-authenticate");
    if (answer.status !== 401 || challenge === null || url.origin !== base) return answer;
    await answer.body?.cancel();
    authorizations.set(repository, await authorizationFor(challenge, host, user));
    return attempt();
  };
  const read = async (method: string, repository: string, reference: string): Promise<Response | undefined> => {
    const answer = await ask(`${repository}/manifests/${reference}`, { method, headers: { accept: manifestTypes } });
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw refusedBy(host, answer.status, `read ${repository}`);
    return answer;
  };
  const manifestOf = async (repository: string, reference: string): Promise<Manifest | undefined> => {
    const answer = await read("GET", repository, reference);
    if (answer === undefined) return undefined;
    const bytes = Buffer.from(await wholeOf(host, answer));
    const digest = digestOf(bytes);
    if (reference.startsWith("sha256:") && reference !== digest) {
      throw new UserError(`${host} answers other bytes than ${repository}@${reference}: they are ${digest}`);
    }
    const mediaType = answer.headers.get("content-type") ?? "";
    return { digest, mediaType, bytes, content: contentSchema.parse(JSON.parse(bytes.toString("utf8"))) };
  };
  return {
    host,
    ask,
    manifest: manifestOf,
    digestOf: async (repository, reference) => {
      const answer = await read("HEAD", repository, reference);
      if (answer === undefined) return undefined;
      return answer.headers.get("docker-content-digest") ?? (await manifestOf(repository, reference))?.digest;
    },
  };
}

export const digestOf = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** The error of a registry that says no. */
export function refusedBy(host: string, status: number, what: string): UserError {
  const login = `log in (docker login ${host === "registry-1.docker.io" ? "docker.io" : host})`;
  const why =
    status === 401 || status === 403
      ? `${login}, or use a user who may`
      : status === 429
        ? `it is asked too often: wait an hour, or ${login}, which is let more`
        : "try again later";
  const message = `${host} does not let us ${what} (${status}): ${why}`;
  return status >= 500 ? new RegistryFault(message) : new UserError(message);
}

/** The header for a challenge: the user's own, or a token that the user gets where the challenge says. */
async function authorizationFor(challenge: string, host: string, user: RegistryUser | undefined): Promise<string> {
  const basic = user && `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}`;
  if (/^basic/i.test(challenge)) {
    if (basic === undefined) throw new UserError(`${host} wants a user: log in with docker login ${host}`);
    return basic;
  }
  const words = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
  );
  const realm = new URL(words.realm ?? "", `https://${host}`);
  if (words.service !== undefined) realm.searchParams.set("service", words.service);
  if (words.scope !== undefined) realm.searchParams.set("scope", words.scope);
  const secure = realm.protocol === "https:" || realm.hostname === "127.0.0.1";
  const answer = await reached(realm, { headers: basic !== undefined && secure ? { authorization: basic } : {} });
  if (!answer.ok) throw refusedBy(host, answer.status, `pull as ${user?.name ?? "nobody"}`);
  const { token, access_token } = tokenSchema.parse(await answer.json());
  return `Bearer ${token ?? access_token}`;
}

/** https://distribution.github.io/distribution/spec/auth/token/#token-response-fields */
const tokenSchema = z
  .object({ token: z.string().optional(), access_token: z.string().optional() })
  .refine(({ token, access_token }) => token !== undefined || access_token !== undefined);

async function reached(url: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(120_000), ...request });
  } catch (error) {
    throw unanswered(url.host, error);
  }
}

/** The bytes of an answer, which may break off. */
async function wholeOf(host: string, answer: Response): Promise<ArrayBuffer> {
  try {
    return await answer.arrayBuffer();
  } catch (error) {
    throw unanswered(host, error);
  }
}
