import type { Image } from "../../components/workload/index.ts";
import { UserError } from "../console/error.ts";
import type { ImageSource } from "./images.ts";
import { dockerLogin } from "./login.ts";

/** What an image may be: of one platform, or an index of several (opencontainers/image-spec, "media types"). */
const manifests = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** A registry that answers slower than this is as good as gone; milliseconds. */
const patience = 20_000;

/**
 * The images of registries, by the OCI distribution API, with what `docker login` has left. Throws a UserError where a registry
 * does not answer, or not to this user.
 */
export const registryImages: ImageSource = {
  name: "the registry",
  async find(image) {
    const answer = await ask(image, "HEAD", manifestPath(image));
    if (answer.status === 404) return undefined;
    const digest = require(image, answer).headers.get("docker-content-digest");
    return digest === null ? {} : { digest };
  },
  async mark(image, tag) {
    const manifest = require(image, await ask(image, "GET", manifestPath(image)));
    const type = manifest.headers.get("content-type") ?? "";
    const body = await manifest.text();
    require(image, await ask(image, "PUT", `manifests/${tag}`, { body, headers: { "Content-Type": type } }));
  },
};

const manifestPath = ({ version, digest }: Image): string => `manifests/${digest ?? version}`;

interface Sent {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks as nobody first: the answer says how a login is shown (distribution, "Token Authentication"). */
async function ask(image: Image, method: string, path: string, sent?: Sent): Promise<Response> {
  const { registry, name } = placeOf(image);
  const scheme = /^(?:localhost|127\.0\.0\.1)(?::|$)/.test(registry) ? "http" : "https";
  const send = (authorization?: string): Promise<Response> =>
    fetchFrom(registry, `${scheme}://${registry}/v2/${name}/${path}`, {
      method,
      headers: { Accept: manifests, ...sent?.headers, ...header(authorization) },
      ...(sent === undefined ? {} : { body: sent.body }),
    });
  const answer = await send();
  if (answer.status !== 401) return answer;
  const scope = `repository:${name}:${method === "PUT" ? "pull,push" : "pull"}`;
  const authorization = await authorizationFor(registry, answer.headers.get("www-authenticate") ?? "", scope);
  return authorization === undefined ? answer : send(authorization);
}

async function authorizationFor(registry: string, challenge: string, scope: string): Promise<string | undefined> {
  const user = await dockerLogin(registry);
  const login = user && `Basic ${Buffer.from(`${user.name}:${user.password}`).toString("base64")}`;
  if (/^basic\b/i.test(challenge)) return login;
  const realm = /realm="([^"]+)"/.exec(challenge)?.[1];
  if (realm === undefined) return undefined;
  const service = /service="([^"]+)"/.exec(challenge)?.[1];
  const query = new URLSearchParams({ scope, ...(service === undefined ? {} : { service }) });
  const answer = await fetchFrom(registry, `${realm}?${query}`, { headers: header(login) });
  if (!answer.ok) return undefined;
  const said: unknown = await answer.json();
  const token = typeof said === "object" && said !== null && "token" in said ? said.token : undefined;
  return typeof token === "string" ? `Bearer ${token}` : undefined;
}

const header = (authorization: string | undefined): Readonly<Record<string, string>> =>
  authorization === undefined ? {} : { Authorization: authorization };

async function fetchFrom(registry: string, url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...request, signal: AbortSignal.timeout(patience) });
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    throw new UserError(`the registry ${registry} does not answer: ${cause instanceof Error ? cause.message : cause}`);
  }
}

function require(image: Image, answer: Response): Response {
  if (answer.ok) return answer;
  const { registry } = placeOf(image);
  const wayOut = [401, 403].includes(answer.status) ? `; log in: docker login ${registry}` : "";
  throw new UserError(`the registry ${registry} answers ${answer.status} for ${image.repository}${wayOut}`);
}

/** `ghcr.io/example/backend` → its registry and what it calls the image. Docker Hub's API is at a host of its own. */
function placeOf({ repository }: Image): { readonly registry: string; readonly name: string } {
  const slash = repository.indexOf("/");
  const registry = repository.slice(0, slash);
  return { registry: registry === "docker.io" ? "registry-1.docker.io" : registry, name: repository.slice(slash + 1) };
}
