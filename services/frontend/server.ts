import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import { type Asset, encodings } from "./assets.ts";
import type { Log } from "./log.ts";

/** What changes while the process lives. */
export interface Life {
  draining: boolean;
}

interface Parts {
  readonly assets: ReadonlyMap<string, Asset>;
  readonly log: Log;
  readonly life: Life;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Seconds, as SlowResponseTime has it: such an answer is told of at any level. */
const slow = 1;

/** Only what this server sent runs; nothing frames the page, no form leaves it, no text becomes markup. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const securityHeaders = {
  "content-security-policy": contentSecurityPolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
} as const;

/** The page's server: files from memory, probes, nothing else. */
export function pageServer(parts: Parts): Server {
  const server = createServer(
    {
      // A slow sender holds a connection no longer.
      requestTimeout: 10_000,
      headersTimeout: 10_000,
      connectionsCheckingInterval: 2_000,
      // Longer than the gateway keeps its connections: the side that opened them is to close them.
      keepAliveTimeout: 75_000,
    },
    (request, response) => handle(request, response, parts),
  );
  return server;
}

function handle(request: IncomingMessage, response: ServerResponse, parts: Parts): void {
  const begun = performance.now();
  const correlationId = correlationIdFrom(request.headers["x-correlation-id"]);
  const path = pathOf(request);
  response.on("close", () => {
    const seconds = (performance.now() - begun) / 1000;
    const fields = {
      correlation_id: correlationId,
      method: request.method,
      route: parts.assets.has(path) || path in probes ? path : "unmatched",
      status: response.statusCode,
      duration_seconds: Math.round(seconds * 1e6) / 1e6,
    };
    if (seconds >= slow) parts.log.always("WARNING", "request_finished", fields);
    else parts.log.at(path in probes ? "DEBUG" : "INFO", "request_finished", fields);
  });
  const { status, headers = {}, body = "" } = answerTo(request, path, correlationId, parts);
  response.writeHead(status, {
    ...securityHeaders,
    "x-correlation-id": correlationId,
    "content-length": Buffer.byteLength(body),
    // Who is sent away goes to another instance with the next request.
    ...(parts.life.draining ? { connection: "close" } : {}),
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** The process alone; started and not draining. */
const probes: Readonly<Record<string, (life: Life) => Answer>> = {
  "/live": () => json(200, { status: "alive" }),
  "/ready": ({ draining }) => json(draining ? 503 : 200, { status: draining ? "not ready" : "ready", draining }),
};

function answerTo(request: IncomingMessage, path: string, correlationId: string, { assets, life }: Parts): Answer {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return problem(405, "there is nothing here but to be read", correlationId, { allow: "GET, HEAD" });
  }
  const probe = probes[path];
  if (probe !== undefined) return probe(life);
  const asset = assets.get(path);
  if (asset !== undefined) return file(asset, request);
  const detail = path.startsWith("/api/")
    ? "the API answers behind the gateway; open the page at the gateway's address"
    : "there is no such page";
  return problem(404, detail, correlationId);
}

function file({ type, etag, encodings: contents }: Asset, { headers }: IncomingMessage): Answer {
  // The names carry no version, so a browser asks each time; the answer is then empty.
  const caching = { etag, "cache-control": "no-cache", vary: "accept-encoding" };
  if (headers["if-none-match"] === etag) return { status: 304, headers: caching };
  const accepted = new Set(String(headers["accept-encoding"] ?? "").split(/\s*(?:;[^,]*)?,\s*|\s*;[^,]*$/));
  const encoding = encodings.find((each) => accepted.has(each)) ?? "identity";
  return {
    status: 200,
    headers: {
      ...caching,
      "content-type": type,
      ...(encoding === "identity" ? {} : { "content-encoding": encoding }),
    },
    body: contents[encoding],
  };
}

/** RFC 9457, as the backend's errors are. */
function problem(status: number, detail: string, correlationId: string, headers: Answer["headers"] = {}): Answer {
  const title = STATUS_CODES[status] ?? "Error";
  const told = json(status, { type: "about:blank", title, status, detail, correlation_id: correlationId });
  return { ...told, headers: { ...headers, "content-type": "application/problem+json" } };
}

const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(value),
});

const pathOf = ({ url = "/" }: IncomingMessage): string => url.split("?", 1)[0] ?? "/";

/** As the gateway has it (components/application/gateway-config.ts). */
const correlationIdFrom = (sent: string | readonly string[] | undefined): string =>
  typeof sent === "string" && /^[A-Za-z0-9_-]{8,64}$/.test(sent) ? sent : randomUUID();
