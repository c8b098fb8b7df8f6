import { isData } from "../../../stacks/layers.ts";
import type { ApiServer } from "../../support/kubernetes/api-server.ts";
import { type Answer, request } from "../../support/kubernetes/request.ts";
import { data, type KubernetesObject } from "./objects.ts";

/** What an API server says to objects. */
export class Judge {
  readonly #server: ApiServer;
  readonly #kinds = new Map<string, Promise<ReadonlyMap<string, Kind>>>();

  constructor(server: ApiServer) {
    this.#server = server;
  }

  /** Would it take the object? Validated and admitted as for real, every unknown field refused, nothing stored. */
  dryRun(object: KubernetesObject): Promise<Verdict> {
    return this.#apply(object, "&dryRun=All");
  }

  /** Stores the object: what others stand in or under has to be there. */
  create(object: KubernetesObject): Promise<Verdict> {
    return this.#apply(object, "");
  }

  async #apply(object: KubernetesObject, more: string): Promise<Verdict> {
    const { apiVersion, kind, metadata } = object;
    const found = (await this.#kindsOf(apiVersion)).get(kind);
    if (found === undefined) return { taken: false, message: `${apiVersion} has no ${kind}`, warnings: [] };
    const place = found.namespaced ? `/namespaces/${metadata.namespace}` : "";
    const path = `${base(apiVersion)}${place}/${found.plural}/${metadata.name}`;
    return verdict(
      await request(this.#server.access, {
        method: "PATCH",
        path: `${path}?fieldManager=judge&force=true&fieldValidation=Strict${more}`,
        contentType: "application/apply-patch+yaml",
        body: object,
      }),
    );
  }

  #kindsOf(apiVersion: string): Promise<ReadonlyMap<string, Kind>> {
    const known = this.#kinds.get(apiVersion) ?? this.#discover(apiVersion);
    this.#kinds.set(apiVersion, known);
    return known;
  }

  async #discover(apiVersion: string): Promise<ReadonlyMap<string, Kind>> {
    const { status, body } = await request(this.#server.access, { method: "GET", path: base(apiVersion) });
    const resources = status === 200 ? data(body).resources : [];
    if (!Array.isArray(resources)) throw new Error(`${apiVersion}: the server lists no resources`);
    return new Map(resources.filter(isData).flatMap(kindEntry));
  }
}

interface Kind {
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface Verdict {
  readonly taken: boolean;
  /** Why not. */
  readonly message: string;
  readonly warnings: readonly string[];
}

const base = (apiVersion: string): string => (apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`);

/** Names with a slash are parts of objects, as `pods/log`. */
function kindEntry({ kind, name, namespaced }: Readonly<Record<string, unknown>>): [string, Kind][] {
  if (typeof kind !== "string" || typeof name !== "string" || name.includes("/")) return [];
  return [[kind, { plural: name, namespaced: namespaced === true }]];
}

function verdict({ status, warnings, body }: Answer): Verdict {
  const { message } = data(body);
  const taken = status === 200 || status === 201;
  return { taken, message: taken ? "" : `${status} ${String(message ?? body)}`, warnings };
}
