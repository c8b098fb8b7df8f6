import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { isData } from "../../../../stacks/layers.ts";
import type { VaultPlace } from "./place.ts";

/**
 * Stands for a Vault: the part of its HTTP API that is used, as its documentation has it (developer.hashicorp.com/vault/api-docs:
 * secret/kv/kv-v2, auth/approle, "HTTP API: status codes"). One KV engine of version 2 at `secret`, AppRole at `approle`.
 */
export async function standIn(): Promise<VaultPlace> {
  const state = new State();
  const server = createServer((request, response) => {
    void answer(state, request).then(({ status, body }) => reply(response, status, body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port }: AddressInfo = addressOf(server.address());
  return {
    address: `http://127.0.0.1:${port}`,
    rootToken: state.root,
    seal: async () => {
      state.sealed = true;
    },
    unseal: async () => {
      state.sealed = false;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

interface Version {
  readonly data: Readonly<Record<string, unknown>>;
  readonly created: string;
  deleted: string;
}

type Rules = readonly { readonly path: string; readonly capabilities: readonly string[] }[];

class State {
  readonly root = `root-${randomUUID()}`;
  sealed = false;
  readonly entries = new Map<string, Version[]>();
  readonly policies = new Map<string, Rules>();
  readonly roles = new Map<string, { readonly id: string; readonly policy: string; readonly secretIds: Set<string> }>();
  /** By token. */
  readonly tokens = new Map<string, { readonly policy: string; readonly ends: number }>();
}

const none: Reply = { status: 404, body: { errors: [] } };
const refused: Reply = { status: 403, body: { errors: ["permission denied"] } };

async function answer(state: State, request: IncomingMessage): Promise<Reply> {
  const path = (request.url ?? "").replace(/^\/v1\//, "");
  const body: unknown = request.method === "GET" ? {} : await json(request).catch(() => ({}));
  const said = isData(body) ? body : {};
  if (state.sealed) return { status: 503, body: { errors: ["Vault is sealed"] } };
  const method = request.method ?? "GET";
  if (path === "auth/approle/login") return login(state, said);
  const token = String(request.headers["x-vault-token"] ?? "");
  if (!isAllowed(state, token, method, path)) return refused;
  const [, kind = "", entry = ""] = /^secret\/(data|metadata|subkeys)\/(.+)$/.exec(path) ?? [];
  if (kind !== "") return ofEntry(state, method, kind, entry, said);
  if (path.startsWith("sys/policies/acl/")) return setPolicy(state, path.slice("sys/policies/acl/".length), said);
  const [, role = "", what] = /^auth\/approle\/role\/([^/]+)(?:\/(role-id|secret-id))?$/.exec(path) ?? [];
  return role === "" ? none : ofRole(state, role, what, said);
}

const capabilityOf: Readonly<Record<string, string>> = { GET: "read", POST: "update", PUT: "update", PATCH: "patch" };

function isAllowed(state: State, token: string, method: string, path: string): boolean {
  if (token === state.root) return true;
  const known = state.tokens.get(token);
  if (known === undefined || known.ends < Date.now()) return false;
  const isNew = method === "POST" && !state.entries.has(path.replace(/^secret\/data\//, ""));
  const needed = isNew ? "create" : (capabilityOf[method] ?? "");
  return (state.policies.get(known.policy) ?? []).some(
    (rule) => rule.path === path && rule.capabilities.includes(needed),
  );
}

function login(state: State, { role_id, secret_id }: Readonly<Record<string, unknown>>): Reply {
  const role = [...state.roles.values()].find(({ id }) => id === role_id);
  if (role === undefined || !role.secretIds.has(String(secret_id))) {
    return { status: 400, body: { errors: ["invalid role or secret ID"] } };
  }
  const client_token = randomUUID();
  state.tokens.set(client_token, { policy: role.policy, ends: Date.now() + 3_600_000 });
  return {
    status: 200,
    body: { auth: { client_token, lease_duration: 3600, renewable: true, policies: [role.policy] } },
  };
}

function setPolicy(state: State, name: string, { policy }: Readonly<Record<string, unknown>>): Reply {
  const rules = [...String(policy).matchAll(/path "([^"]+)" \{\s*capabilities = \[([^\]]*)\]/g)];
  state.policies.set(
    name,
    rules.map(([, path = "", words = ""]) => ({
      path,
      capabilities: words.split(",").map((word) => word.trim().replaceAll('"', "")),
    })),
  );
  return { status: 204 };
}

function ofRole(state: State, name: string, what: string | undefined, said: Readonly<Record<string, unknown>>): Reply {
  if (what === undefined) {
    state.roles.set(name, { id: randomUUID(), policy: String(said.token_policies), secretIds: new Set() });
    return { status: 204 };
  }
  const role = state.roles.get(name);
  if (role === undefined) return none;
  if (what === "role-id") return { status: 200, body: { data: { role_id: role.id } } };
  const secret_id = randomUUID();
  role.secretIds.add(secret_id);
  return { status: 200, body: { data: { secret_id } } };
}

function ofEntry(
  state: State,
  method: string,
  kind: string,
  entry: string,
  said: Readonly<Record<string, unknown>>,
): Reply {
  const versions = state.entries.get(entry) ?? [];
  const current = versions.at(-1);
  if (kind === "metadata") {
    return current === undefined ? none : { status: 200, body: { data: metadataOf(versions) } };
  }
  if (kind === "subkeys") {
    if (current === undefined || current.deleted !== "") return none;
    const subkeys = Object.fromEntries(Object.keys(current.data).map((key) => [key, null]));
    return { status: 200, body: { data: { subkeys, metadata: {} } } };
  }
  if (method === "GET") {
    return current === undefined || current.deleted !== ""
      ? none
      : { status: 200, body: { data: { data: current.data, metadata: { version: versions.length } } } };
  }
  const data = isData(said.data) ? said.data : {};
  if (method === "PATCH" && (current === undefined || current.deleted !== "")) return none;
  if (method !== "PATCH" && isData(said.options) && said.options.cas === 0 && versions.length > 0) {
    return { status: 400, body: { errors: ["check-and-set parameter did not match the current version"] } };
  }
  const whole = method === "PATCH" ? { ...current?.data, ...data } : data;
  state.entries.set(entry, [...versions, { data: whole, created: new Date().toISOString(), deleted: "" }]);
  return { status: 200, body: { data: { version: versions.length + 1 } } };
}

const metadataOf = (versions: readonly Version[]) => ({
  current_version: versions.length,
  versions: Object.fromEntries(
    versions.map(({ created, deleted }, index) => [
      String(index + 1),
      { created_time: created, deletion_time: deleted, destroyed: false },
    ]),
  ),
});

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("the stand-in has no port");
  return address;
}
