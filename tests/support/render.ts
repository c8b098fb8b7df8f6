import * as pulumi from "@pulumi/pulumi";
import { TradingPlatform } from "../../components/platform.ts";
import type { Settings } from "../../components/settings.ts";
import type { PlatformSpec } from "../../components/specification.ts";
import type { SecretName } from "../../components/workload/index.ts";
import { entries, list } from "./json.ts";
import { setMocks } from "./mocks.ts";

/** A resource as the program asked for it, its Outputs resolved. */
export interface Rendered {
  /** Pulumi's type, as `docker:index/container:Container`. */
  readonly type: string;
  readonly name: string;
  /** What stands for its id in other resources' inputs. */
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs that are secret as a whole: encrypted in the state, hidden in a preview. */
  readonly secret: readonly string[];
  readonly options: RenderedOptions;
}

export interface RenderedOptions {
  readonly deleteBeforeReplace: boolean | undefined;
  readonly retainOnDelete: boolean;
  readonly protect: boolean;
  readonly replaceOnChanges: readonly string[];
  /** How long an update may take, as `300s`. */
  readonly updateTimeout: string | undefined;
  /** Names of the resources that are made first. */
  readonly dependsOn: readonly string[];
}

export interface Rendering {
  readonly resources: readonly Rendered[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** What a secret's value is in a rendering. */
export const secretMark = (name: SecretName): string => `<value of ${name}>`;

/**
 * Makes a platform without an engine, and says what was asked for, in the order of registration. Throws where two
 * resources of one type have one name: a reader would take the one for the other.
 */
export async function render(settings: Settings, platform: PlatformSpec): Promise<Rendering> {
  const asked = new Map<string, Omit<Rendered, "options">>();
  const twice: string[] = [];
  const options = new Map<string, pulumi.CustomResourceOptions>();
  const names = new WeakMap<object, string>();
  await setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        const id = `${type}::${name}`;
        if (custom !== false) {
          if (asked.has(id)) twice.push(id);
          asked.set(id, { type, name, id, ...opened(inputs) });
        }
        return { id, state: { ...inputs, ...madeBy(type, name, inputs) } };
      },
      call: ({ inputs }) => ({
        ...inputs,
        secretString: "<from the entry>",
        versionId: "00000000-0000-0000-0000-000000000000",
      }),
    },
    "trading-platform",
    settings.stack,
  );
  const start = await settings.target.load();
  const record: pulumi.ResourceTransformation = ({ resource, type, name, opts }) => {
    names.set(resource, name);
    options.set(`${type}::${name}`, opts);
    return undefined;
  };
  const root = new TradingPlatform(
    "trading-platform",
    {
      settings,
      platform,
      start,
      secrets: {
        secretValue: (name) => pulumi.secret(secretMark(name)),
        heldValue: (_, name) => pulumi.secret(`held-${name}`),
      },
      asksCloud: false,
    },
    { transformations: [record] },
  );
  const outputs = await resolved(root.addresses);
  await pulumi.runtime.disconnect();
  if (twice.length > 0) throw new Error(`asked for twice: ${twice.join(", ")}`);
  const resources = await Promise.all(
    [...asked.values()].map(async (one) => ({ ...one, options: await optionsOf(options.get(one.id) ?? {}, names) })),
  );
  return { resources, outputs };
}

/** Mark of a secret on the wire (pulumi/pulumi, sdk/nodejs/runtime/rpc.ts, specialSigKey and specialSecretSig). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Takes top-level inputs out of their secret wrapping, and says which were in one. */
function opened(inputs: Readonly<Record<string, unknown>>): Pick<Rendered, "inputs" | "secret"> {
  const isSecret = (value: unknown): value is { readonly value: unknown } =>
    typeof value === "object" && value !== null && signatureKey in value && value[signatureKey] === secretSignature;
  const all = Object.entries(inputs);
  return {
    inputs: Object.fromEntries(all.map(([key, value]) => [key, isSecret(value) ? value.value : value])),
    secret: all.flatMap(([key, value]) => (isSecret(value) ? [key] : [])),
  };
}

async function optionsOf(opts: pulumi.CustomResourceOptions, names: WeakMap<object, string>): Promise<RenderedOptions> {
  const first = await new Promise<unknown>((resolve) => {
    pulumi.output(opts.dependsOn).apply(resolve);
  });
  return {
    deleteBeforeReplace: opts.deleteBeforeReplace,
    retainOnDelete: opts.retainOnDelete ?? false,
    protect: opts.protect ?? false,
    replaceOnChanges: opts.replaceOnChanges ?? [],
    updateTimeout: opts.customTimeouts?.update,
    dependsOn: [first].flat().flatMap((one) => (typeof one === "object" && one !== null ? (names.get(one) ?? []) : [])),
  };
}

const resolved = (values: Readonly<Record<string, pulumi.Input<string>>>): Promise<Record<string, string>> =>
  new Promise((resolve) => {
    pulumi.all(values).apply(resolve);
  });

/** Properties that only the cloud knows, where the program goes on with them. */
function madeBy(type: string, name: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (type === "docker:index/remoteImage:RemoteImage") return { imageId: `sha256:${String(inputs.name)}` };
  if (type.startsWith("kubernetes:")) return { metadata: { name, ...Object.fromEntries(entries(inputs.metadata)) } };
  const arn = `arn:aws:mock:eu-central-1:111122223333:${name}`;
  const more: Readonly<Record<string, Record<string, unknown>>> = {
    "aws:lb/targetGroup:TargetGroup": { arnSuffix: `targetgroup/${name}/0123456789abcdef` },
    "aws:lb/loadBalancer:LoadBalancer": { arnSuffix: `app/${name}/0123456789abcdef`, dnsName: `${name}.example.com` },
    "aws:ec2/launchTemplate:LaunchTemplate": { latestVersion: 1 },
    "aws:rds/instance:Instance": { address: `${name}.rds.example.com`, identifier: name },
    "aws:elasticache/replicationGroup:ReplicationGroup": { primaryEndpointAddress: `${name}.cache.example.com` },
    "aws:acm/certificate:Certificate": {
      domainValidationOptions: [inputs.domainName, ...list(inputs.subjectAlternativeNames ?? [])].map((domainName) => ({
        domainName,
        resourceRecordName: "_a.example.com",
        resourceRecordType: "CNAME",
        resourceRecordValue: "_b.example.com",
      })),
    },
  };
  return { arn, ...more[type] };
}
