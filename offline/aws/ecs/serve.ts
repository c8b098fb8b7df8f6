import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { AwsRefusal, ScriptedCluster } from "./cluster.ts";

/** What somebody asked. */
export interface ApiCall {
  /** As botocore names it: `ecs`, `logs`. */
  readonly service: string;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A scripted cluster that listens. */
export interface RunningCloud {
  readonly cluster: ScriptedCluster;
  /** Every call until now. */
  readonly calls: readonly ApiCall[];
  /** What makes an AWS SDK ask it, with credentials that are none. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The services by the prefix of `X-Amz-Target` (protocol AWS JSON 1.1). */
const services: Readonly<Record<string, string>> = {
  AmazonEC2ContainerServiceV20141113: "ecs",
  Logs_20140328: "logs",
};

/** Serves a scripted cluster on a free port of 127.0.0.1, as `AWS_ENDPOINT_URL` expects it. */
export async function serveCloud(): Promise<RunningCloud> {
  const cluster = new ScriptedCluster();
  const calls: ApiCall[] = [];
  const server = createServer((request, response) => {
    void read(request).then((call) => {
      calls.push(call);
      respond(response, cluster, call);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("the scripted cluster has no port");
  return {
    cluster,
    calls,
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${address.port}`,
      AWS_ACCESS_KEY_ID: "nobody",
      AWS_SECRET_ACCESS_KEY: "nothing",
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(request: IncomingMessage): Promise<ApiCall> {
  const [target = "", operation = ""] = String(request.headers["x-amz-target"]).split(".");
  return { service: services[target] ?? target, operation, parameters: JSON.parse(await text(request)) };
}

function respond(response: ServerResponse, cluster: ScriptedCluster, { operation, parameters }: ApiCall): void {
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
  };
  try {
    answer(200, cluster.answer(operation, parameters));
  } catch (error) {
    if (error instanceof AwsRefusal) answer(400, { __type: error.type, message: error.message });
    else answer(500, { __type: "ServerException", message: String(error) });
  }
}
