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
  /** Of one that was not refused. */
  readonly answer: object;
}

/** A scripted cluster that listens. */
export interface RunningCloud {
  readonly cluster: ScriptedCluster;
  /** Every call until now that was answered. */
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
    void read(request).then((asked) => {
      const answer = respond(response, cluster, asked);
      if (answer !== undefined) calls.push({ ...asked, answer });
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

async function read(request: IncomingMessage): Promise<Omit<ApiCall, "answer">> {
  const [target = "", operation = ""] = String(request.headers["x-amz-target"]).split(".");
  return { service: services[target] ?? target, operation, parameters: JSON.parse(await text(request)) };
}

function respond(
  response: ServerResponse,
  cluster: ScriptedCluster,
  { operation, parameters }: Omit<ApiCall, "answer">,
): object | undefined {
  const send = (status: number, body: object): void => {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
  };
  try {
    const answer = cluster.answer(operation, parameters);
    send(200, answer);
    return answer;
  } catch (error) {
    if (error instanceof AwsRefusal) send(400, { __type: error.type, message: error.message });
    else send(500, { __type: "ServerException", message: String(error) });
    return undefined;
  }
}
