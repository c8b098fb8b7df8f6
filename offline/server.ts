import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { Problem } from "./check.ts";
import { Configurations } from "./configurations.ts";
import { type Change, changesBetween } from "./diff.ts";
import { EngineLog } from "./engine-log.ts";
import type { ServedProvider } from "./served-provider.ts";
import { type Method, method, type RunningServer, type Service, serveUnary, status } from "./unary-server.ts";
import { decode, encode, failure } from "./wire.ts";

/**
 * Serves a provider to the engine over gRPC on a free port of 127.0.0.1.
 * @param log where messages beside a resource go, for a provider that has some of its own.
 */
export const serve = (provider: ServedProvider, log = new EngineLog()): Promise<RunningServer> =>
  serveUnary(serviceOf(provider, log));

/** The engine's questions to a provider, answered by one. */
export const serviceOf = (provider: ServedProvider, log = new EngineLog()): Service => ({
  methods: methodsOf(provider, log),
  failure,
});

const { ResourceProviderService: Provider } = service;

function methodsOf(provider: ServedProvider, log: EngineLog): readonly Method[] {
  const configurations = new Configurations();
  const nothing = new empty.Empty();
  return [
    method(Provider.handshake, (request) => {
      log.connect(request.getEngineAddress());
      return new rpc.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true);
    }),
    method(Provider.attach, (request) => {
      log.connect(request.getAddress());
      return nothing;
    }),
    method(Provider.getPluginInfo, () => new plugin.PluginInfo().setVersion(provider.version)),
    method(Provider.getSchema, () => new rpc.GetSchemaResponse().setSchema("{}")),
    method(Provider.checkConfig, (request) =>
      new rpc.CheckResponse()
        .setInputs(request.getNews())
        .setFailuresList(failures(provider.configProblems(decode(request.getNews())))),
    ),
    // Without a difference the engine would go on with the configuration that is recorded.
    method(Provider.diffConfig, (request) => {
      const before = decode(request.hasOldInputs() ? request.getOldInputs() : request.getOlds());
      return diffResponse(changesBetween(before, decode(request.getNews()), { forcesNew: [] }), false);
    }),
    method(Provider.configure, (request, peer) => {
      configurations.set(peer, decode(request.getArgs()));
      return new rpc.ConfigureResponse().setAcceptsecrets(true).setAcceptresources(true).setSupportspreview(true);
    }),
    method(Provider.check, async (request) => {
      const olds = decode(request.getOlds());
      const proposedName = request.getAutonaming()?.getProposedName();
      const exists = request.hasOlds() && Object.keys(olds).length > 0;
      const checked = provider.check(
        request.getUrn(),
        decode(request.getNews()),
        exists ? olds : undefined,
        proposedName,
      );
      if (checked.warning !== undefined) {
        await log.warn(request.getUrn(), checked.warning);
      }
      return new rpc.CheckResponse().setInputs(encode(checked.inputs)).setFailuresList(failures(checked.problems));
    }),
    method(Provider.diff, (request) => {
      const state = decode(request.getOlds());
      const before = request.hasOldInputs() ? decode(request.getOldInputs()) : state;
      const after = decode(request.getNews());
      const difference = provider.diff(request.getUrn(), request.getId(), before, after, state);
      return diffResponse(difference.changes, difference.deletesFirst);
    }),
    method(Provider.create, async (request, peer) => {
      const inputs = decode(request.getProperties());
      const config = configurations.get(peer);
      const created = await provider.create(request.getUrn(), inputs, config, request.getPreview(), timeoutOf(request));
      return new rpc.CreateResponse().setId(created.id).setProperties(encode(created.properties));
    }),
    method(Provider.update, async (request, peer) => {
      const state = { id: request.getId(), properties: decode(request.getOlds()) };
      const config = configurations.get(peer);
      const inputs = decode(request.getNews());
      const outputs = await provider.update(
        request.getUrn(),
        state,
        inputs,
        config,
        request.getPreview(),
        timeoutOf(request),
      );
      return new rpc.UpdateResponse().setProperties(encode(outputs));
    }),
    method(Provider.delete, async (request, peer) => {
      const state = { id: request.getId(), properties: decode(request.getProperties()) };
      await provider.delete(request.getUrn(), state, configurations.get(peer), timeoutOf(request));
      return nothing;
    }),
    method(Provider.read, async (request, peer) => {
      const state = { id: request.getId(), properties: decode(request.getProperties()) };
      const inputs = decode(request.getInputs());
      const found = await provider.read(request.getUrn(), state, inputs, configurations.get(peer));
      return found === undefined
        ? new rpc.ReadResponse()
        : new rpc.ReadResponse()
            .setId(found.id)
            .setProperties(encode(found.properties))
            .setInputs(encode(found.inputs));
    }),
    method(Provider.invoke, (request, peer) => {
      const result = provider.invoke(request.getTok(), decode(request.getArgs()), configurations.get(peer));
      return new rpc.InvokeResponse().setReturn(encode(result));
    }),
    method(Provider.cancel, () => {
      provider.cancel();
      return nothing;
    }),
    method(Provider.call, notOffered("methods")),
    method(Provider.construct, notOffered("components")),
    method(Provider.parameterize, notOffered("parameters")),
    method(Provider.getMapping, () => new rpc.GetMappingResponse()),
    method(Provider.getMappings, () => new rpc.GetMappingsResponse()),
  ];
}

function notOffered(what: string): () => never {
  return () => {
    throw Object.assign(new Error(`an offline provider has no ${what}`), { code: status.unimplemented });
  };
}

/** The protocol says 0 where the program says nothing. */
const timeoutOf = (request: { getTimeout(): number }): number | undefined => request.getTimeout() || undefined;

const failures = (problems: readonly Problem[]): rpc.CheckFailure[] =>
  problems.map((it) => new rpc.CheckFailure().setProperty(it.property).setReason(it.reason));

function diffResponse(changes: readonly Change[], deletesFirst: boolean): rpc.DiffResponse {
  const response = new rpc.DiffResponse()
    .setHasdetaileddiff(true)
    .setChanges(changes.length > 0 ? rpc.DiffResponse.DiffChanges.DIFF_SOME : rpc.DiffResponse.DiffChanges.DIFF_NONE)
    .setDeletebeforereplace(deletesFirst);
  for (const change of changes) {
    const top = change.path.split(/[.[]/, 1)[0] ?? change.path;
    response.addDiffs(top);
    if (change.replaces) {
      response.addReplaces(top);
    }
    response.getDetaileddiffMap().set(change.path, new rpc.PropertyDiff().setKind(kindOf(change)).setInputdiff(true));
  }
  return response;
}

function kindOf({ kind, replaces }: Change): rpc.PropertyDiff.Kind {
  const kinds = rpc.PropertyDiff.Kind;
  switch (kind) {
    case "add":
      return replaces ? kinds.ADD_REPLACE : kinds.ADD;
    case "delete":
      return replaces ? kinds.DELETE_REPLACE : kinds.DELETE;
    case "update":
      return replaces ? kinds.UPDATE_REPLACE : kinds.UPDATE;
  }
}
