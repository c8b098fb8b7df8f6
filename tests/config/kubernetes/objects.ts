import * as pulumi from "@pulumi/pulumi";
import { selfSigned } from "../../../cli/engine/developer/certificate.ts";
import { root } from "../../../cli/root.ts";
import { type Asked, autonameSuffix, recording } from "../../../components/targets/kubernetes/testing.ts";
import { readStackFile } from "../../../stacks/files.ts";
import { type Data, isData } from "../../../stacks/layers.ts";
import { program } from "../../../stacks/program.ts";
import { list } from "../../support/json.ts";

/** An object as it is sent to the API server. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Data & { readonly name: string };
  readonly [field: string]: unknown;
}

export const data = (value: unknown): Data => (isData(value) ? value : {});

/** What the platform's program makes of a stack on Kubernetes, whatever its own target; secrets are placeholders. */
export async function platformObjects(
  stack: string,
  section: Data = {},
  more: Data = {},
): Promise<readonly KubernetesObject[]> {
  const { config } = readStackFile(root, stack);
  const asked = await recording(stack, async () => {
    const changed = { ...config, target: "kubernetes", kubernetes: section, ...more };
    pulumi.runtime.setAllConfig({ ...encoded(changed), "offline:secrets": "placeholder" });
    await program();
  });
  return Promise.all(objectsOf(asked).map(withCertificate));
}

/** A real certificate in the place of a placeholder: the server looks into it. */
export async function withCertificate(object: KubernetesObject): Promise<KubernetesObject> {
  if (object.type !== "kubernetes.io/tls") return object;
  const { certificate, privateKey } = await selfSigned([]);
  return { ...object, stringData: { "tls.crt": certificate, "tls.key": privateKey } };
}

/** In the order in which a cluster takes them: namespaces and accounts before what stands in or under them. */
export function objectsOf(asked: readonly Asked[]): readonly KubernetesObject[] {
  const first = ["Namespace", "ServiceAccount"];
  const rank = ({ kind }: KubernetesObject) => (first.includes(kind) ? first.indexOf(kind) : first.length);
  return asked.map(objectOf).sort((a, b) => rank(a) - rank(b));
}

function objectOf({ name, inputs }: Asked): KubernetesObject {
  const { apiVersion, kind, metadata, ...rest } = data(revealed(inputs));
  if (typeof apiVersion !== "string" || typeof kind !== "string") throw new Error(`${name} has no apiVersion and kind`);
  const given = data(metadata).name;
  const named = typeof given === "string" ? given : `${name}${autonameSuffix}`;
  return { apiVersion, kind, ...rest, metadata: { ...data(metadata), name: named } };
}

/** The pod that a controller would make: pod security and most of the validation see it only there. */
export function podOf({ kind, metadata, spec }: KubernetesObject): KubernetesObject | undefined {
  const template = data(data(spec).template);
  if (!["Deployment", "StatefulSet", "DaemonSet"].includes(kind)) return undefined;
  const claims = list(data(spec).volumeClaimTemplates).map((claim) => data(data(claim).metadata).name);
  const volumes = claims.map((name) => ({ name, persistentVolumeClaim: { claimName: `${name}-${metadata.name}-0` } }));
  const pod = data(template.spec);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...data(template.metadata), name: `${metadata.name}-0`, namespace: metadata.namespace },
    spec: { ...pod, volumes: [...list(pod.volumes), ...volumes] },
  };
}

/** As the engine hands config to a program: text, or JSON of what is more. */
const encoded = (config: Data): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      `trading-platform:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

/** The mark of a secret on the way to the engine (pulumi/sdk, specialSigKey). */
const mark = "4dabf18193072939515e22adb298388d";

function revealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revealed);
  if (!isData(value)) return value;
  if (mark in value) return revealed(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}
