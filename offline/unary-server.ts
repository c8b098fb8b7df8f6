/**
 * gRPC's server for methods of one request and one answer, over Node's own HTTP/2 (the protocol:
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). The engine asks two to four such questions about each resource, one
 * after the other; @grpc/grpc-js, which is made for all that gRPC can do, costs a preview of 1,000 resources 8 % more CPU (bench policies).
 */
import { once } from "node:events";
import { createServer, type Http2Session, type ServerHttp2Stream } from "node:http2";
import type { MethodDefinition } from "@grpc/grpc-js";

/** What serves one method: the bytes of one message in, those of another out. What it throws reaches the engine as a {@link Failure}. */
export interface Method {
  readonly path: string;
  readonly serve: (request: Buffer, peer: string) => Promise<Uint8Array>;
}

/** A method of a service, answered by messages. `peer` is the same for all requests of one connection. */
export const method = <Request, Response>(
  { path, requestDeserialize, responseSerialize }: MethodDefinition<Request, Response>,
  answer: (request: Request, peer: string) => Response | Promise<Response>,
): Method => ({
  path,
  serve: async (request, peer) => responseSerialize(await answer(requestDeserialize(request), peer)),
});

/** A service that listens. */
export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** gRPC's codes: https://grpc.io/docs/guides/status-codes/ */
export const status = { unknown: 2, unimplemented: 12 } as const;

/** How gRPC tells that there is no answer. */
export interface Failure {
  readonly code: number;
  readonly message: string;
  /** A google.rpc.Status with more than fits into a message. */
  readonly details?: Uint8Array;
}

/** The failure that an error is: gRPC's own code where it has one, and its message. */
export function failureOf(error: unknown): Failure {
  const code =
    error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : status.unknown;
  return { code, message: error instanceof Error ? error.message : String(error) };
}

/** What a server serves. */
export interface Service {
  readonly methods: readonly Method[];
  /** Default: {@link failureOf}. */
  readonly failure?: (error: unknown) => Failure;
}

/**
 * Serves a service on a free port of 127.0.0.1. Resolves when it listens: whoever asks before the service is there waits for it,
 * so that the engine can start while it is loaded.
 */
export async function serveUnary(service: Service | Promise<Service>): Promise<RunningServer> {
  const served = Promise.resolve(service).then(({ methods, failure = failureOf }) => ({
    byPath: new Map(methods.map((each) => [each.path, each])),
    failure,
  }));
  // Told to whoever asks.
  served.catch(() => {});
  const sessions = new Set<Http2Session>();
  // A message of an error is a header, and as long as what went wrong.
  const server = createServer({ maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER });
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    // Of an engine that is gone; nobody is left to tell.
    session.on("error", () => {});
  });
  server.on("stream", (stream, { ":path": path = "" }) => {
    stream.on("error", () => {});
    respond(stream, path).catch((error: unknown) => fail(stream, failureOf(error)));
  });

  async function respond(stream: ServerHttp2Stream, path: string): Promise<void> {
    const request = await messageOf(stream);
    const { byPath, failure } = await served;
    const asked = byPath.get(path);
    if (asked === undefined) return fail(stream, { code: status.unimplemented, message: `${path} is not served` });
    const { remoteAddress, remotePort } = stream.session?.socket ?? {};
    const answer = await asked.serve(request, `${remoteAddress}:${remotePort}`).catch(failure);
    if ("code" in answer) fail(stream, answer);
    else send(stream, answer);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  return {
    port: address.port,
    stop: async () => {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

/** Before each message: whether it is compressed, and its length. */
const prefixLength = 5;

async function messageOf(stream: ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(stream, "end");
  const [first] = chunks;
  const whole = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
  if (whole[0] !== 0) throw new Error("compressed messages are not understood");
  return whole.subarray(prefixLength);
}

const headers = { ":status": 200, "content-type": "application/grpc" } as const;

function send(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (stream.destroyed) return;
  const framed = Buffer.allocUnsafe(prefixLength + message.length);
  framed.writeUInt8(0, 0);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, prefixLength);
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.respond(headers, { waitForTrailers: true });
  stream.end(framed);
}

function fail(stream: ServerHttp2Stream, { code, message, details }: Failure): void {
  if (stream.destroyed) return;
  const told = {
    "grpc-status": String(code),
    "grpc-message": encodeURI(message.toWellFormed()),
    ...(details === undefined ? {} : { "grpc-status-details-bin": Buffer.from(details).toString("base64") }),
  };
  stream.respond({ ...headers, ...told }, { endStream: true });
}
