import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import emptyMessages from "google-protobuf/google/protobuf/empty_pb.js";

type Answer<Request, Response> = (request: Request) => Response;

const unary =
  <Request, Response>(answer: Answer<Request, Response>) =>
  (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void =>
    callback(null, answer(call.request));

/** A provider that takes every resource of every type as it is: what a policy test needs of one, and no more. */
const ECHO: UntypedServiceImplementation = {
  handshake: unary(() => {
    const response = new messages.ProviderHandshakeResponse();
    return response.setAcceptSecrets(true).setAcceptResources(false).setAcceptOutputs(false);
  }),
  checkConfig: unary((request: InstanceType<typeof messages.CheckRequest>) =>
    new messages.CheckResponse().setInputs(request.getNews()),
  ),
  diffConfig: unary(() => new messages.DiffResponse()),
  configure: unary(() => new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),
  check: unary((request: InstanceType<typeof messages.CheckRequest>) =>
    new messages.CheckResponse().setInputs(request.getNews()),
  ),
  diff: unary(() => new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE)),
  create: unary((request: InstanceType<typeof messages.CreateRequest>) =>
    new messages.CreateResponse()
      .setId(request.getPreview() ? "" : `id-${request.getName()}`)
      .setProperties(request.getProperties()),
  ),
  delete: unary(() => new emptyMessages.Empty()),
  attach: unary(() => new emptyMessages.Empty()),
  cancel: unary(() => new emptyMessages.Empty()),
  getPluginInfo: unary(() => new pluginMessages.PluginInfo().setVersion("0.0.1")),
};

/** A running provider; the engine is sent to it by `PULUMI_DEBUG_PROVIDERS=<package>:<port>`. */
export interface EchoProvider {
  readonly port: number;
  readonly stop: () => void;
}

export async function startEchoProvider(): Promise<EchoProvider> {
  const server = new Server();
  server.addService(providerService.ResourceProviderService, ECHO);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, stop: () => server.forceShutdown() };
}
