/**
 * Serves the policy pack to the engine from a running process. The SDK's own server (@pulumi/policy, server.js) starts as
 * a process of its own, and unpacks a resource's properties once for each policy: together that is a third of a preview.
 * Both serve the same policies and answer the same (tests/policies/server.test.ts); plain `pulumi` uses the SDK's.
 */
import service from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/analyzer_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { method, type Service } from "../../offline/unary-server.ts";
import { notJudged, PACK_NAME, packPolicies } from "../../policies/pack.ts";
import type { AskedStack, PackPolicy, RegisteredResource, StackedResource } from "../../policies/pack-policy.ts";
import manifest from "../../policies/package.json" with { type: "json" };
import { POLICIES } from "../../policies/policies.ts";
import { readable } from "./policy-properties.ts";
import { optionsOf, ResourceRequest } from "./policy-request.ts";

const { ADVISORY, MANDATORY, DISABLED, REMEDIATE } = proto.EnforcementLevel;

const severities = {
  low: proto.PolicySeverity.POLICY_SEVERITY_LOW,
  medium: proto.PolicySeverity.POLICY_SEVERITY_MEDIUM,
  high: proto.PolicySeverity.POLICY_SEVERITY_HIGH,
  critical: proto.PolicySeverity.POLICY_SEVERITY_CRITICAL,
};

const { AnalyzerService: Analyzer } = service;

/** The pack, as the engine asks it. */
export function policyService(): Service {
  const pack = new ServedPack(packPolicies(POLICIES));
  return {
    methods: [
      // These two are asked about each resource, one after the other: only what is needed is unpacked and packed.
      { path: Analyzer.remediate.path, serve: async () => pack.remediate() },
      { path: Analyzer.analyze.path, serve: (request) => pack.analyze(request) },
      method(Analyzer.analyzeStack, (request) => pack.analyzeStack(request)),
      method(Analyzer.getAnalyzerInfo, () => pack.info()),
      method(Analyzer.getPluginInfo, () => new plugin.PluginInfo().setVersion(manifest.dependencies["@pulumi/policy"])),
      method(Analyzer.configure, (request) => {
        pack.configure(request);
        return new empty.Empty();
      }),
      method(Analyzer.configureStack, (request) => {
        pack.configureStack(request);
        return new proto.AnalyzerStackConfigureResponse();
      }),
    ],
  };
}

/** What a policy throws that does not judge what it is asked about: no Error, whose stack trace would cost most of it. */
class NotApplicable {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

function notApplicable(reason: string): never {
  throw new NotApplicable(reason);
}

/** The engine's requests to a policy pack, answered. */
export class ServedPack {
  readonly #policies: readonly PackPolicy[];
  #config: ReadonlyMap<string, { readonly level: proto.EnforcementLevel; readonly properties: object }> = new Map();
  #stackTags: ReadonlyMap<string, string> = new Map();
  /** By type of resource: what is asked about it, and the part of each answer that is always the same. */
  readonly #byType = new Map<string, TypePolicies>();
  readonly #noRemedies: Buffer;

  constructor(policies: readonly PackPolicy[]) {
    this.#policies = policies;
    // Said, so that the engine does not report each policy of the pack as passed, for each resource.
    const reason = "the pack remediates nothing";
    const list = policies.map(({ name }) => inapplicable(name, reason));
    this.#noRemedies = bytesOf(new proto.RemediateResponse().setNotApplicableList(list));
  }

  /** The pack remediates nothing: what the engine sends for it is not even unpacked. */
  remediate(): Buffer {
    return this.#noRemedies;
  }

  info(): proto.AnalyzerInfo {
    return new proto.AnalyzerInfo()
      .setName(PACK_NAME)
      .setVersion(manifest.version)
      .setSupportsconfig(true)
      .setPoliciesList(this.#policies.map(infoOf));
  }

  configure(request: proto.ConfigureAnalyzerRequest): void {
    this.#config = new Map(
      [...request.getPolicyconfigMap().entries()].map(([policy, config]) => [
        policy,
        { level: config.getEnforcementlevel(), properties: config.getProperties()?.toJavaScript() ?? {} },
      ]),
    );
    this.#byType.clear();
  }

  configureStack(request: proto.AnalyzerStackConfigureRequest): void {
    this.#stackTags = new Map(request.getTagsMap().entries());
  }

  /** Answers a pulumirpc.AnalyzeRequest with a pulumirpc.AnalyzeResponse. */
  async analyze(bytes: Uint8Array): Promise<Buffer> {
    const request = new ResourceRequest(bytes);
    const { type, name, urn, opts } = request;
    const { policies, others } = this.#policiesOf(type);
    const response = await this.#judge(policies, ({ validateResource }, asked, report) => {
      const lazily = {
        ...asked,
        type,
        name,
        urn,
        opts,
        get props() {
          return request.props;
        },
      };
      return validateResource?.(lazily, report);
    });
    // Two messages' bytes, one after the other, are one message with the lists of both.
    return Buffer.concat([response.serializeBinary(), others]);
  }

  analyzeStack(request: proto.AnalyzeStackRequest): Promise<proto.AnalyzeResponse> {
    const resources = stacked(request.getResourcesList());
    const policies = this.#policies.filter(({ validateStack }) => validateStack !== undefined);
    return this.#judge(policies, ({ validateStack }, asked, report) =>
      validateStack?.({ resources, ...asked }, report),
    );
  }

  #policiesOf(type: string): TypePolicies {
    const known = this.#byType.get(type);
    if (known !== undefined) return known;
    const enabled = this.#policies.filter(
      ({ name, validateResource }) => validateResource !== undefined && this.#config.get(name)?.level !== DISABLED,
    );
    const judges = ({ types }: PackPolicy): boolean => types === undefined || types.has(type);
    const others = enabled
      .filter((policy) => !judges(policy))
      .map(({ name }) => inapplicable(name, notJudged(name, type)));
    const made = {
      policies: enabled.filter(judges),
      others: bytesOf(new proto.AnalyzeResponse().setNotApplicableList(others)),
    };
    this.#byType.set(type, made);
    return made;
  }

  async #judge(
    policies: readonly PackPolicy[],
    ask: (
      policy: PackPolicy,
      asked: Omit<AskedStack, "resources">,
      report: (diagnostic: string | Diagnostic) => void,
    ) => Promise<void> | void,
  ): Promise<proto.AnalyzeResponse> {
    const response = new proto.AnalyzeResponse();
    for (const policy of policies) {
      const { level = MANDATORY, properties = {} } = this.#config.get(policy.name) ?? {};
      if (level === DISABLED) continue;
      const asked = { stackTags: this.#stackTags, getConfig: () => properties, notApplicable };
      // There is no remedy to try, so what is found stands.
      const most = level === REMEDIATE ? MANDATORY : level;
      try {
        await ask(policy, asked, (diagnostic) => response.addDiagnostics(diagnosticOf(policy, most, diagnostic)));
      } catch (error) {
        if (!(error instanceof NotApplicable)) throw new Error(`policy '${policy.name}' failed`, { cause: error });
        response.addNotApplicable(inapplicable(policy.name, error.reason));
      }
    }
    return response;
  }
}

interface TypePolicies {
  /** Those that may judge a resource of the type, in the pack's order. */
  readonly policies: readonly PackPolicy[];
  /** A pulumirpc.AnalyzeResponse: the others do not judge it. */
  readonly others: Buffer;
}

const inapplicable = (policy: string, reason: string): proto.PolicyNotApplicable =>
  new proto.PolicyNotApplicable().setPolicyName(policy).setReason(reason);

const bytesOf = (message: { serializeBinary(): Uint8Array }): Buffer => Buffer.from(message.serializeBinary());

/** What policies/sdk-report.ts sends. */
interface Diagnostic {
  readonly message: string;
  readonly urn?: string;
  readonly enforcementLevel?: "advisory";
}

function diagnosticOf(
  { name, description, severity }: PackPolicy,
  level: proto.EnforcementLevel,
  diagnostic: string | Diagnostic,
): proto.AnalyzeDiagnostic {
  const {
    message,
    urn = "",
    enforcementLevel,
  }: Diagnostic = typeof diagnostic === "string" ? { message: diagnostic } : diagnostic;
  return new proto.AnalyzeDiagnostic()
    .setPolicyname(name)
    .setPolicypackname(PACK_NAME)
    .setPolicypackversion(manifest.version)
    .setDescription(description)
    .setMessage(message)
    .setEnforcementlevel(enforcementLevel === "advisory" ? ADVISORY : level)
    .setUrn(urn)
    .setSeverity(severities[severity]);
}

function infoOf(policy: PackPolicy): proto.PolicyInfo {
  const { POLICY_TYPE_RESOURCE, POLICY_TYPE_STACK } = proto.PolicyType;
  const info = new proto.PolicyInfo()
    .setName(policy.name)
    .setDisplayname(policy.displayName)
    .setDescription(policy.description)
    .setEnforcementlevel(MANDATORY)
    .setPolicyType(policy.validateResource === undefined ? POLICY_TYPE_STACK : POLICY_TYPE_RESOURCE)
    .setSeverity(severities[policy.severity])
    .setRemediationSteps(policy.remediationSteps ?? "")
    .setUrl(policy.url ?? "");
  if (policy.configSchema === undefined) return info;
  const properties = struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(policy.configSchema.properties)));
  return info.setConfigschema(new proto.PolicyConfigSchema().setProperties(properties));
}

/** Its properties are unpacked when the first policy reads them. */
class Registered implements StackedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly opts: RegisteredResource["opts"];
  propertyDependencies: StackedResource["propertyDependencies"] = {};
  readonly #unpack: () => object;
  #props: object | undefined;

  constructor(message: proto.AnalyzerResource) {
    this.type = message.getType();
    this.name = message.getName();
    this.urn = message.getUrn();
    this.opts = optionsOf(message.getOptions());
    this.#unpack = () => readable(message.getProperties()?.toJavaScript() ?? {});
  }

  get props(): object {
    this.#props ??= this.#unpack();
    return this.#props;
  }
}

function stacked(list: readonly proto.AnalyzerResource[]): readonly StackedResource[] {
  const resources = list.map((message) => new Registered(message));
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  for (const [index, resource] of resources.entries()) {
    const sources = [...(list[index]?.getPropertydependenciesMap().entries() ?? [])];
    resource.propertyDependencies = Object.fromEntries(
      sources.map(([property, urns]) => [property, urns.getUrnsList().flatMap((urn) => byUrn.get(urn) ?? [])]),
    );
  }
  return resources;
}
