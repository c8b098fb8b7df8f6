import { createRequire } from "node:module";
import proto from "@pulumi/pulumi/proto/analyzer_pb.js";
import { describe, expect, test } from "vitest";
import { ServedPack } from "../../cli/engine/policy-server.ts";
import { type Value as Sent, type Properties as SentObject, secret, unknown } from "../../offline/value.ts";
import { encode } from "../../offline/wire.ts";
import { programOf as exampleProgram } from "../../policies/judge.ts";
import { PACK_NAME, packPolicies } from "../../policies/pack.ts";
import { POLICIES } from "../../policies/policies.ts";
import type { StackResource } from "../../policies/policy.ts";
import { withOneUnknown } from "../../policies/testing.ts";
import { entries, object, type Properties, UNKNOWN, type Value } from "../../policies/values.ts";
import { settingsOf } from "../support/stacks.ts";
import { bootstrapProgram, mutantsOf, programOf } from "./mutants.ts";

type Handler<Request, Response> = (
  call: { readonly request: Request },
  callback: (error: unknown, response?: Response) => void,
) => Promise<void>;

type MakeHandler<Request> = (
  pack: string,
  version: string,
  level: string,
  policies: readonly object[],
) => Handler<Request, proto.AnalyzeResponse>;

/** The SDK's server, whose handlers it exports without their types. */
const sdk: {
  readonly makeAnalyzeRpcFun: MakeHandler<proto.AnalyzeRequest>;
  readonly makeAnalyzeStackRpcFun: MakeHandler<proto.AnalyzeStackRequest>;
} = createRequire(import.meta.url)("@pulumi/policy/server.js");
const { makeAnalyzerInfo }: { readonly makeAnalyzerInfo: (...args: readonly unknown[]) => proto.AnalyzerInfo } =
  createRequire(import.meta.url)("@pulumi/policy/protoutil.js");

const policies = packPolicies(POLICIES);
const theirs = [PACK_NAME, "0.1.0", "advisory", policies] as const;
const [theirAnalyze, theirAnalyzeStack] = [sdk.makeAnalyzeRpcFun(...theirs), sdk.makeAnalyzeStackRpcFun(...theirs)];
const ours = new ServedPack(packPolicies(POLICIES));

const asked = <Request>(handler: Handler<Request, proto.AnalyzeResponse>, request: Request) =>
  new Promise<proto.AnalyzeResponse | undefined>((resolve, reject) => {
    void handler({ request }, (error, response) => (error ? reject(error) : resolve(response)));
  });

/** What the engine sends for a value: what is not known is marked, and some values are secret. */
function sent(value: Value | undefined): Sent {
  if (value === UNKNOWN) return unknown;
  if (typeof value !== "object" || value === null) return value ?? null;
  const inner = object({ path: "", value });
  return inner === undefined ? entries({ path: "", value }).map((entry) => sent(entry.value)) : sentObject(inner);
}

const sentObject = (properties: Properties): SentObject =>
  Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, secrets.has(key) ? secret(sent(value)) : sent(value)]),
  );

const secrets = new Set(["envs", "data", "password"]);

function filled<Message extends proto.AnalyzeRequest | proto.AnalyzerResource>(message: Message, one: StackResource) {
  const { type, name, urn, properties, deleteBeforeReplace } = one;
  const options = new proto.AnalyzerResourceOptions();
  if (deleteBeforeReplace !== undefined) {
    options.setDeletebeforereplacedefined(true).setDeletebeforereplace(deleteBeforeReplace);
  }
  message.setType(type);
  message.setName(name);
  message.setUrn(urn);
  message.setOptions(options);
  message.setProperties(encode(sentObject(properties)));
  return message;
}

async function expectSameOf(resource: StackResource): Promise<number> {
  const request = filled(new proto.AnalyzeRequest(), resource);
  const mine = proto.AnalyzeResponse.deserializeBinary(await ours.analyze(request.serializeBinary()));
  expect(inOneOrder(mine)).toEqual(inOneOrder(await asked(theirAnalyze, request)));
  return mine.getDiagnosticsList().length;
}

/** Which policies do not apply is a set. */
function inOneOrder(response: proto.AnalyzeResponse | undefined): object {
  const { notApplicableList = [], ...rest } = response?.toObject() ?? {};
  return { ...rest, notApplicable: notApplicableList.toSorted((a, b) => (a.policyName < b.policyName ? -1 : 1)) };
}

async function expectSameOfAll(program: readonly StackResource[]): Promise<number> {
  const list = program.map((resource) => {
    const message = filled(new proto.AnalyzerResource(), resource);
    for (const [property, sources] of Object.entries(resource.madeFrom)) {
      const urns = new proto.AnalyzerPropertyDependencies().setUrnsList(sources.map(({ urn }) => urn));
      message.getPropertydependenciesMap().set(property, urns);
    }
    return message;
  });
  const request = new proto.AnalyzeStackRequest().setResourcesList(list);
  const [mine, other] = [await ours.analyzeStack(request), await asked(theirAnalyzeStack, request)];
  expect(mine.toObject()).toEqual(other?.toObject());
  return mine.getDiagnosticsList().length;
}

describe("the pack served by ./platform answers what the SDK's server answers", () => {
  test("about itself", () => {
    const info = makeAnalyzerInfo(PACK_NAME, "0.1.0", "advisory", { policies }, undefined);
    expect(ours.info().toObject()).toEqual(info.toObject());
  });

  test.each([
    ["dev on docker", () => programOf(settingsOf("dev", "docker"))],
    ["prod on ecs", () => programOf(settingsOf("prod", "ecs"))],
    ["prod on kubernetes", () => programOf(settingsOf("prod", "kubernetes"))],
    ["bootstrap", bootstrapProgram],
  ] as const)("about %s and each of its mutants", async (_, load) => {
    const program = await load();
    for (const resource of program) await expectSameOf(resource);
    await expectSameOfAll(program);
    let found = 0;
    for (const { resource, program: weakened } of mutantsOf(program)) {
      const changed = weakened.find(({ urn }) => urn === resource.urn);
      if (changed !== undefined) found += await expectSameOf(changed);
    }
    expect(found).toBeGreaterThan(0);
  });

  test("about every example of every policy, whole and with one value unknown at a time", async () => {
    let found = 0;
    for (const { bad, good } of POLICIES.flatMap(({ examples }) => examples)) {
      for (const program of [exampleProgram(bad), exampleProgram(good)]) {
        found += await expectSameOfAll(program);
        for (const resource of program) {
          found += await expectSameOf(resource);
          for (const { value } of withOneUnknown(resource.properties)) {
            await expectSameOf({ ...resource, properties: value });
          }
        }
      }
    }
    expect(found).toBeGreaterThan(POLICIES.length);
  });
});
