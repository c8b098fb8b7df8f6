import https from "node:https";
import { ProviderError } from "../../served-provider.ts";
import { isProperties, list, object, type Properties, text, type Value } from "../../value.ts";
import { connectionProblem } from "./errors.ts";
import type { ClusterAccess } from "./kubeconfig.ts";

/** How long the API server may take for one answer, in ms. */
const answerTimeout = 60_000;

export interface Request {
  readonly method: "GET" | "PATCH" | "POST" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: Value;
}

export interface Answer {
  readonly status: number;
  readonly body: Properties;
}

/** An object by what names it in a cluster. */
export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** An API server that is talked to. */
export class Cluster {
  readonly access: ClusterAccess;
  readonly #agent: https.Agent;
  readonly #kinds = new Map<string, Promise<ReadonlyMap<string, Kind>>>();

  constructor(access: ClusterAccess) {
    this.access = access;
    this.#agent = new https.Agent({ keepAlive: true, ...access.tls });
  }

  /** Asks; an answer with an error status is an answer. Throws a ProviderError where nobody answers. */
  async request({ method, path, query = {}, contentType = "application/json", body }: Request): Promise<Answer> {
    const { server, token } = this.access;
    const url = new URL(`${server}${path}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      accept: "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      // Node leaves the length out of a DELETE, and the server would take its body for the next request.
      ...(sent === undefined ? {} : { "content-type": contentType, "content-length": String(Buffer.byteLength(sent)) }),
    };
    try {
      return await exchange(url, { method, headers, agent: this.#agent, timeout: answerTimeout }, sent);
    } catch (error) {
      throw new ProviderError(connectionProblem(error, server));
    }
  }

  /** Where an object is in the API. Throws a ProviderError where the cluster does not have its kind. */
  async pathOf({ apiVersion, kind, namespace, name }: ObjectName): Promise<string> {
    const found = (await this.#kindsOf(apiVersion)).get(kind);
    if (found === undefined)
      throw new ProviderError(`the cluster at ${this.access.server} has no ${apiVersion} ${kind}`);
    const place = found.namespaced ? `/namespaces/${namespace ?? this.access.namespace}` : "";
    return `${base(apiVersion)}${place}/${found.plural}/${name}`;
  }

  #kindsOf(apiVersion: string): Promise<ReadonlyMap<string, Kind>> {
    const known = this.#kinds.get(apiVersion);
    if (known !== undefined) return known;
    const asked = this.#discover(apiVersion);
    this.#kinds.set(apiVersion, asked);
    // A group may come later, and a server that did not answer may do so the next time.
    asked.then(
      (kinds) => kinds.size === 0 && this.#kinds.delete(apiVersion),
      () => this.#kinds.delete(apiVersion),
    );
    return asked;
  }

  async #discover(apiVersion: string): Promise<ReadonlyMap<string, Kind>> {
    const answer = await this.request({ method: "GET", path: base(apiVersion) });
    if (answer.status === 404) return new Map();
    if (answer.status !== 200) throw new ProviderError(refusalOf(answer));
    return new Map(list(answer.body.resources).map(object).flatMap(kindEntry));
  }
}

/** The server's own words for an answer that is no success. */
export function refusalOf({ status, body }: Answer): string {
  const said = text(body.message) ?? "it says nothing";
  switch (status) {
    case 401:
      return `the cluster does not know who you are (401): renew the kubeconfig's token or certificate`;
    case 403:
      return `${said} (403): ask for that right, or use another context`;
    default:
      return `${said} (${status})`;
  }
}

interface Kind {
  readonly plural: string;
  readonly namespaced: boolean;
}

const base = (apiVersion: string): string => (apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`);

/** Names with a slash are parts of objects, as `pods/log`. */
function kindEntry({ kind, name, namespaced }: Properties): [string, Kind][] {
  const [kindName, plural] = [text(kind), text(name)];
  if (kindName === undefined || plural === undefined || plural.includes("/")) return [];
  return [[kindName, { plural, namespaced: namespaced === true }]];
}

function exchange(url: URL, options: https.RequestOptions, body: string | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = https.request(url, options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        resolve({ status: answer.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) });
      });
    });
    asked.on("error", reject);
    asked.on("timeout", () => asked.destroy(new Error(`no answer in ${answerTimeout / 1000} s`)));
    asked.end(body);
  });
}

function parsed(answer: string): Properties {
  try {
    const value: Value = JSON.parse(answer);
    return isProperties(value) ? value : { message: answer };
  } catch {
    return { message: answer };
  }
}
