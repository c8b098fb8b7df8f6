import { ComponentResource, CustomResource, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dockerContainer } from "./example-resources.ts";
import { DEFAULT_CONTEXT, judgeProgram, programOf } from "./judge.ts";
import { POLICIES } from "./policies.ts";
import type { Context, ExampleResource, Policy } from "./policy.ts";
import { withOneUnknown } from "./testing.ts";
import { type Engine, noEngine, type Run, startEngine } from "./testing-engine.ts";
import { asValue, entries, isUnknown, type Node, object, type Properties, type Value } from "./values.ts";

// Each policy has each of the five verdicts: pass, fail, not applicable, unknown, waived. One that lacks one fails here.

/** What a policy leaves alone, and the same where it does not. */
interface Exemption {
  readonly exempt: readonly ExampleResource[];
  readonly judged: readonly ExampleResource[];
  /** Of `exempt`; default: production. */
  readonly environment?: Context["environment"];
}

const resource = (type: string, properties: Properties): ExampleResource => ({ type, name: "it", properties });

const inEnvironment = (environment: Context["environment"], one: ExampleResource): Exemption => ({
  exempt: [one],
  judged: [one],
  environment,
});

const neverStarted = (properties: Properties): Exemption => ({
  exempt: [dockerContainer({ ...properties, start: false })],
  judged: [dockerContainer(properties)],
});

const pod = { template: { spec: { containers: [{ name: "api", image: "ghcr.io/acme/api:2.1.0" }] } } };
const job: Exemption = {
  exempt: [resource("kubernetes:batch/v1:Job", { spec: pod })],
  judged: [resource("kubernetes:apps/v1:Deployment", { spec: pod })],
};

const EXEMPTIONS: Readonly<Record<string, Exemption>> = {
  "require-probes": job,
  "require-rollback": job,
  "require-image-retention": {
    exempt: [resource("aws:ecrpublic/repository:Repository", { repositoryName: "api" })],
    judged: [resource("aws:ecr/repository:Repository", { name: "api" })],
  },
  "require-log-retention": {
    exempt: [resource("aws:cloudwatch/logStream:LogStream", { name: "api" })],
    judged: [resource("aws:cloudwatch/logGroup:LogGroup", { name: "api" })],
  },
  "require-pinned-images": {
    exempt: [resource("docker:index/network:Network", { name: "nginx:latest" })],
    judged: [resource("docker:index/remoteImage:RemoteImage", { name: "nginx:latest" })],
  },
  "require-non-root": neverStarted({ user: "root" }),
  "require-read-only-root": neverStarted({ readOnly: false }),
  "forbid-privileges": neverStarted({ privileged: true }),
  "require-resources": neverStarted({}),
  "forbid-debug-logs": inEnvironment("development", dockerContainer({ envs: ["LOG_LEVEL=DEBUG"] })),
  "forbid-plain-secrets": neverStarted({ envs: ["DB_PASSWORD=s3cr3t-and-long"] }),
  "forbid-public-ingress": {
    exempt: [resource("kubernetes:core/v1:Service", { spec: { ports: [{ port: 5432 }] } })],
    judged: [resource("kubernetes:core/v1:Service", { spec: { type: "LoadBalancer", ports: [{ port: 5432 }] } })],
  },
  "require-encryption-and-backups": {
    exempt: [resource("aws:rds/instance:Instance", { engine: "postgres", replicateSourceDb: "primary" })],
    judged: [resource("aws:rds/instance:Instance", { engine: "postgres" })],
  },
  "require-deletion-protection": inEnvironment("staging", resource("aws:rds/instance:Instance", {})),
  "require-replicas": inEnvironment("development", resource("aws:ecs/service:Service", { desiredCount: 1 })),
  "require-alert-route": {
    exempt: [resource("kubernetes:core/v1:ConfigMap", { data: { "routes.yml": "route: { receiver: nobody }" } })],
    judged: [resource("kubernetes:core/v1:ConfigMap", { data: { "alertmanager.yml": "route: { receiver: nobody }" } })],
  },
  "require-tags": {
    exempt: [resource("aws:iam/rolePolicy:RolePolicy", {})],
    judged: [resource("aws:rds/instance:Instance", {})],
  },
};

const violations = (policy: Policy, program: readonly ExampleResource[], context = DEFAULT_CONTEXT) =>
  judgeProgram(policy, programOf(program), context).filter(({ finding }) => finding.kind === "violation");

test("each policy says what it leaves alone, and judges the same elsewhere", () => {
  expect(Object.keys(EXEMPTIONS).toSorted()).toEqual(POLICIES.map(({ name }) => name).toSorted());
  for (const policy of POLICIES) {
    const { exempt = [], judged = [], environment = "production" } = EXEMPTIONS[policy.name] ?? {};
    expect(judgeProgram(policy, programOf(exempt), { ...DEFAULT_CONTEXT, environment })).toEqual([]);
    expect([policy.name, violations(policy, judged).length]).not.toEqual([policy.name, 0]);
  }
});

class Component extends ComponentResource {
  constructor(type: string, name: string, inputs: Inputs) {
    super(type, name, inputs);
    this.registerOutputs(inputs);
  }
}

class Custom extends CustomResource {}

type Inputs = Readonly<Record<string, Input<unknown>>>;

/** Makes examples real: their names begin with the policy's, so that a finding says whose example it is about. */
function make(policy: Policy, program: readonly ExampleResource[], unknown: Output<unknown>): void {
  const made = new Map<string, CustomResource>();
  for (const { type, name, properties, madeFrom = {}, deleteBeforeReplace } of program) {
    const inputs = Object.fromEntries(
      Object.entries(properties).map(([key, value]): [string, Input<unknown>] => {
        const source = made.get(madeFrom[key] ?? "");
        const plain = withOutput(value, unknown);
        return [key, source === undefined ? plain : source.urn.apply(() => plain)];
      }),
    );
    const full = `${policy.name}/${name}`;
    const options: CustomResourceOptions = deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace };
    if (type.startsWith("trading-platform:")) new Component(type, full, inputs);
    else made.set(name, new Custom(type, full, inputs, options));
  }
}

/** The same value with an Output where it is not known. */
function withOutput(value: Value | undefined, unknown: Output<unknown>): unknown {
  const node: Node = { path: "", value: value ?? undefined };
  if (isUnknown(node)) return unknown;
  const inner = object(node);
  if (inner !== undefined) {
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, withOutput(one, unknown)]));
  }
  return Array.isArray(value) ? entries(node).map((one) => withOutput(one.value, unknown)) : asValue(value);
}

const ofPolicy = ({ name }: Policy, { reported }: Run) =>
  reported.filter((one) => one.policy === name && one.resource.startsWith(`${name}/`));

/** A policy's good examples with one guarded value not known each, and the property that it then names. */
function unknownsOf(policy: Policy): readonly { readonly resource: ExampleResource; readonly property: string }[] {
  // What a rule of the whole stack asks needs the whole example; unknown.test.ts has them, without an engine.
  const rules = policy.resourceRules.length > 0 ? policy.resourceRules : policy.stackRules;
  const judged = policy.examples
    .flatMap(({ good }) => good)
    .filter(({ type }) => rules.some(({ types }) => types.includes(type)));
  const unknown = judged.flatMap((one, place) =>
    withOneUnknown(one.properties).flatMap(({ path, value }) => {
      const resource = { ...one, properties: value, name: `${one.name}/${place}/${path}` };
      const findings = judgeProgram(policy, programOf([resource])).map(({ finding }) => finding);
      return findings.flatMap((finding) =>
        finding.kind === "unjudged" ? [{ resource, property: finding.property }] : [],
      );
    }),
  );
  return [...new Map(unknown.map((one) => [`${one.resource.type} ${one.property}`, one])).values()];
}

describe("in the real engine", { timeout: 120_000 }, () => {
  const reason = noEngine();
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach((context) => {
    if (reason !== undefined) context.skip(reason);
  });

  /** One example of each policy, in one stack; all of them are judged, without an engine, by policies.test.ts. */
  const run = (
    program: (policy: Policy) => readonly ExampleResource[],
    config = {},
    operation: "preview" | "up" = "preview",
  ): Promise<Run> =>
    engine.run(
      () => {
        const { id } = new Custom("aws:sns/topic:Topic", "unknown", {});
        for (const policy of POLICIES) make(policy, program(policy), id);
      },
      { stack: "prod", config, operation },
    );
  const bad = ({ examples: [first] }: Policy) => first?.bad ?? [];
  const good = ({ examples: [first] }: Policy) => first?.good ?? [];

  test("each policy blocks a bad example, and lets it pass with a waiver, which is said", async () => {
    const failed = await run(bad);
    const silent = POLICIES.filter((policy) => !ofPolicy(policy, failed).some(({ blocks }) => blocks));
    expect(silent.map(({ name }) => name)).toEqual([]);

    const waivers = POLICIES.flatMap((policy) =>
      [...new Set(ofPolicy(policy, failed).map((one) => one.resource))].map((name) => ({
        stacks: ["prod"],
        policy: policy.name,
        resource: `urn:pulumi:prod::policies::*::${name}`,
        reason: "as agreed",
        owner: "jane@example.com",
        expires: "2999-12-31",
      })),
    );
    const file = await engine.write("all.yaml", JSON.stringify({ waivers }));
    const waived = await run(bad, { "require-valid-waivers": { file } });
    for (const policy of POLICIES) {
      const said = ofPolicy(policy, waived);
      expect([policy.name, said.filter(({ blocks }) => blocks)]).toEqual([policy.name, []]);
      expect(said.map(({ message }) => message)).toContainEqual(expect.stringContaining("waived until 2999-12-31"));
    }
  });

  test("each policy passes a good example", async () => {
    const passed = await run(good);
    expect(POLICIES.flatMap((policy) => ofPolicy(policy, passed))).toEqual([]);
  });

  test("each policy names each guarded value that is not known, and judges it by the update, when it is", async () => {
    const program = (policy: Policy) => unknownsOf(policy).map((one) => one.resource);
    const preview = await run(program);
    for (const policy of POLICIES) {
      const warnings = ofPolicy(policy, preview).filter(({ blocks }) => !blocks);
      const said = new Set(warnings.map(({ message }) => message));
      const expected = unknownsOf(policy).map(
        ({ resource, property }) =>
          `${policy.name}/${resource.name}: ${policy.name}: could not be judged: ${property} is not known before the update`,
      );
      expect(expected.length).toBeGreaterThan(0);
      expect(expected.filter((message) => !said.has(message))).toEqual([]);
    }
    const update = await run(program, {}, "up");
    expect(update.reported.filter(({ message }) => message.includes("could not be judged"))).toEqual([]);
  });
});
