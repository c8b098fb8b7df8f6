import * as pulumi from "@pulumi/pulumi";
import { setMocks } from "../../../tests/support/mocks.ts";
import { image, type SecretSources, secretNames } from "../../workload/index.ts";
import type { TargetContext } from "../target.ts";
import { samples } from "./samples.ts";
import { kubernetesSection } from "./section.ts";

/** An object as the program asked for it, its Outputs resolved. */
export interface Asked {
  /** Pulumi's type, as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** The name in Pulumi's tree. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const sources: Partial<SecretSources> = {};
for (const name of secretNames) Object.assign(sources, { [name]: { kind: "config", key: name } });
const isComplete = (value: Partial<SecretSources>): value is SecretSources =>
  secretNames.every((name) => value[name] !== undefined);
if (!isComplete(sources)) throw new Error("a secret has no source");

/** What a stack tells its target; secrets have `value of <name>`. */
export const context: TargetContext = {
  stack: "prod",
  environment: "production",
  domain: "trading.example.com",
  otherDomains: [],
  version: "1.4.0",
  members: samples,
  secretSources: sources,
  secretValue: (name) => pulumi.secret(`value of ${name}`),
  heldValue: (_, name) => pulumi.secret(`value of ${name}`),
  asksCloud: false,
  probeImage: image({ repository: "ghcr.io/example/trading/probe", version: "1.4.0" }),
  registry: undefined,
  thirdParty: (original) => original,
  registryUser: undefined,
  imagesKept: 10,
};

/** Runs the target over the context's members; what it asked for, in the order of registration. */
export async function askedFor(
  changed: Partial<TargetContext> = {},
  section: Readonly<Record<string, unknown>> = {},
): Promise<readonly Asked[]> {
  const all = { ...context, ...changed };
  return recording(all.stack, async () => {
    const { startKubernetes } = await import("./component.ts");
    const platform = new pulumi.ComponentResource("trading-platform:platform:TradingPlatform", "trading-platform");
    const target = startKubernetes(kubernetesSection.parse(section), all, platform);
    for (const member of all.members) {
      if (member.kind === "workload") target.workload(member, platform);
    }
  });
}

/** Runs a program of the platform's without an engine; the objects that it asked of Kubernetes, in the order of registration. */
export async function recording(stack: string, program: () => Promise<unknown>): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  await setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        if (type.startsWith("kubernetes:")) asked.push({ type, name, inputs });
        return { id: `${name}-id`, state: named(name, inputs) };
      },
      call: ({ inputs }) => inputs,
    },
    "trading-platform",
    stack,
  );
  try {
    await program();
  } finally {
    await pulumi.runtime.disconnect();
  }
  return asked;
}

/** The provider names what the program does not: `<name in the tree>-<8 hex digits>`. */
export const autonameSuffix = "-0a1b2c3d";

function named(name: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { metadata } = inputs;
  const given = typeof metadata === "object" && metadata !== null ? metadata : {};
  return { ...inputs, metadata: { name: `${name}${autonameSuffix}`, ...given } };
}
