import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { at } from "../../support/json.ts";

/** A version of a package as a test states it. */
export interface Version {
  readonly id: number;
  readonly digest: string;
  tags: readonly string[];
  /** Milliseconds since 1970. */
  readonly pushedAt: number;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const token = "ghp_stand-in";
const owner = "acme";
/** https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api: what a page holds at most. */
const mostOnPage = 100;

/**
 * GitHub's REST API for packages, as far as it is documented (https://docs.github.com/en/rest/packages/packages) and as
 * users report it where it is not: what it refuses to delete, and that a tag that is put on a known digest makes no new
 * version. Beside it ghcr.io's registry for pulling, with its tokens, unless a real one stands for it.
 */
export class GitHubStandIn {
  readonly token = token;
  readonly owner = owner;
  /** By the package's name, newest first, as GitHub lists them. */
  readonly packages = new Map<string, Version[]>();
  /** Bytes of manifests, by `<repository>@<digest>`. */
  readonly manifests = new Map<string, string>();
  /** Every request that reached it, as `DELETE /orgs/…`. */
  readonly asked: string[] = [];
  /** What a token's user may do. */
  role: "admin" | "write" = "admin";
  kind: "Organization" | "User" = "Organization";
  /** Digests that GitHub never deletes: public, and pulled more than 5,000 times. */
  readonly popular = new Set<string>();
  /** Called before a request is answered; what it answers is sent in its place. */
  interfere: (asked: string) => Answer | undefined = () => undefined;
  /** Called with what would be answered; what it answers is sent in its place. */
  tamper: (asked: string, answer: Answer) => Answer = (_, answer) => answer;
  /** Called with what was deleted. */
  deleted: (name: string, digest: string) => Promise<void> = async () => {};
  #count = 0;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  stop(): Promise<unknown> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  get host(): string {
    return `127.0.0.1:${String(at(this.#server.address(), "port"))}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** A manifest arrives; what has the tags loses them. */
  push(name: string, digest: string, tags: readonly string[], pushedAt: number): void {
    const versions = this.packages.get(name) ?? [];
    for (const version of versions) version.tags = version.tags.filter((tag) => !tags.includes(tag));
    const known = versions.find((version) => version.digest === digest);
    if (known === undefined) versions.unshift({ id: ++this.#count, digest, tags, pushedAt });
    else known.tags = [...known.tags, ...tags];
    this.packages.set(
      name,
      versions.toSorted((one, other) => other.pushedAt - one.pushedAt),
    );
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const asked = `${request.method} ${request.url}`;
    this.asked.push(asked);
    const { status, headers, body } = this.interfere(asked) ?? this.tamper(asked, await this.#answer(request, url));
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body));
  }

  async #answer(request: IncomingMessage, url: URL): Promise<Answer> {
    if (url.pathname === "/token") return this.#pullToken(request);
    if (url.pathname.startsWith("/v2/")) return this.#manifest(request, url.pathname);
    if (request.headers.authorization !== `Bearer ${token}`) {
      return { status: 401, body: { message: "Bad credentials", documentation_url: "https://docs.github.com/rest" } };
    }
    if (url.pathname === `/users/${owner}`) return { status: 200, body: { login: owner, type: this.kind } };
    const kind = this.kind === "User" ? "users" : "orgs";
    const [, name = "", id] =
      new RegExp(`^/${kind}/${owner}/packages/container/([^/]+)/versions(?:/(\\d+))?$`).exec(url.pathname) ?? [];
    const versions = this.packages.get(decodeURIComponent(name));
    if (versions === undefined) return { status: 404, body: { message: "Package not found." } };
    if (id === undefined) return this.#page(url, versions);
    const version = versions.find((each) => each.id === Number(id));
    if (version === undefined) return { status: 404, body: { message: "Not Found" } };
    return request.method === "DELETE"
      ? this.#delete(decodeURIComponent(name), versions, version)
      : { status: 200, body: bodyOf(version) };
  }

  #page(url: URL, versions: readonly Version[]): Answer {
    const size = Math.min(mostOnPage, Number(url.searchParams.get("per_page") ?? 30));
    const page = Number(url.searchParams.get("page") ?? 1);
    const next = new URL(url);
    next.searchParams.set("page", String(page + 1));
    const more = versions.length > page * size;
    return {
      status: 200,
      headers: more ? { link: `<${url.href}>; rel="first", <${next.href}>; rel="next"` } : {},
      body: versions.slice((page - 1) * size, page * size).map(bodyOf),
    };
  }

  async #delete(name: string, versions: Version[], version: Version): Promise<Answer> {
    if (this.role !== "admin") {
      return { status: 403, body: { message: "You must have admin permissions to the package to delete it." } };
    }
    if (this.popular.has(version.digest)) {
      const message =
        "Publicly visible package versions with more than 5000 downloads cannot be deleted. Contact GitHub support for further assistance.";
      return { status: 400, body: { message } };
    }
    if (version.tags.length > 0 && versions.filter(({ tags }) => tags.length > 0).length === 1) {
      const message = "You cannot delete the last tagged version of a package. You must delete the package instead.";
      return { status: 400, body: { message } };
    }
    versions.splice(versions.indexOf(version), 1);
    await this.deleted(name, version.digest);
    return { status: 204 };
  }

  #pullToken({ headers }: IncomingMessage): Answer {
    const [, password] = Buffer.from(headers.authorization?.slice("Basic ".length) ?? "", "base64")
      .toString()
      .split(":");
    return password === token ? { status: 200, body: { token: "pull" } } : { status: 403, body: { errors: [] } };
  }

  #manifest({ headers }: IncomingMessage, path: string): Answer {
    if (headers.authorization !== "Bearer pull") {
      const challenge = `Bearer realm="${this.url}/token",service="ghcr.io",scope="repository:x:pull"`;
      return { status: 401, headers: { "www-authenticate": challenge }, body: { errors: [] } };
    }
    const [, repository, digest] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(path) ?? [];
    const bytes = this.manifests.get(`${repository}@${digest}`);
    return bytes === undefined ? { status: 404, body: { errors: [] } } : { status: 200, body: bytes };
  }
}

const bodyOf = ({ id, digest, tags, pushedAt }: Version): object => ({
  id,
  name: digest,
  url: `https://api.github.com/orgs/${owner}/packages/container/x/versions/${id}`,
  created_at: new Date(pushedAt).toISOString(),
  updated_at: new Date(pushedAt).toISOString(),
  metadata: { package_type: "container", container: { tags } },
});
