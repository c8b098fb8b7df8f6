import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { podFilter } from "../../../cli/backup/cluster.ts";
import { findProgram } from "../../../cli/setup/program.ts";
import { askedFor } from "../../../components/targets/kubernetes/testing.ts";
import { configInVault } from "../../../components/vault/testing.ts";
import type { Data } from "../../../stacks/layers.ts";
import { type ApiServer, startApiServer } from "../../support/kubernetes/api-server.ts";
import { Judge, type Verdict } from "./judge.ts";
import { data, type KubernetesObject, objectsOf, platformObjects, podOf, withCertificate } from "./objects.ts";

let server: ApiServer;
let judge: Judge;
// Building the server takes minutes, the first time.
beforeAll(async () => {
  server = await startApiServer();
  judge = new Judge(server);
}, 3_600_000);
afterAll(() => server?.stop());

/** What others stand in or under is stored; everything is judged, the pods of controllers too. */
async function judged(objects: readonly KubernetesObject[]): Promise<readonly [string, Verdict][]> {
  const verdicts: [string, Verdict][] = [];
  for (const object of objects) {
    const stored = ["Namespace", "ServiceAccount"].includes(object.kind);
    verdicts.push([nameOf(object), stored ? await judge.create(object) : await judge.dryRun(object)]);
    const pod = podOf(object);
    if (pod !== undefined) verdicts.push([nameOf(pod), await judge.dryRun(pod)]);
  }
  return verdicts;
}

const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.name}`;
const good: Verdict = { taken: true, message: "", warnings: [] };

const onKubernetes: readonly (readonly [string, () => Promise<readonly KubernetesObject[]>])[] = [
  ["dev", () => platformObjects("dev")],
  ["staging", () => platformObjects("staging")],
  ["prod", () => platformObjects("prod")],
  [
    "prod, with every setting of the target",
    () =>
      platformObjects("prod", {
        namespace: "fx",
        clusterDomain: "k8s.example.com",
        storageClass: "fast",
        publicAccess: {
          kind: "ingress",
          class: "nginx",
          clusterIssuer: "letsencrypt",
          annotations: { "nginx.ingress.kubernetes.io/proxy-body-size": "1m" },
        },
      }),
  ],
  [
    "prod behind a load balancer",
    () => platformObjects("prod", { namespace: "lb", publicAccess: { kind: "load-balancer", annotations: {} } }),
  ],
  [
    "prod with its secrets in Vault",
    () => platformObjects("prod", { namespace: "vaulted" }, configInVault("prod", "kubernetes")),
  ],
  [
    "the target's samples, with pull credentials",
    async () =>
      Promise.all(objectsOf(await askedFor({ registryUser: "robot" }, { namespace: "samples" })).map(withCertificate)),
  ],
];

describe.each(onKubernetes)("%s", (_name, objectsFor) => {
  test("every object is taken, every pod admitted, without a warning", async () => {
    const objects = await objectsFor();
    expect(objects.length).toBeGreaterThan(40);
    const verdicts = await judged(objects);
    expect(verdicts.filter(([name]) => name.startsWith("Pod ")).length).toBeGreaterThanOrEqual(5);
    expect(verdicts).toEqual(verdicts.map(([name]) => [name, good]));
  }, 300_000);
});

/** What the restore's commands are made for; whoever runs them has it, a machine that tests may not. */
const jq = findProgram("jq");

test.skipIf(jq === undefined).each([
  ["plain", {}],
  ["with its secrets in Vault", configInVault("prod", "kubernetes")],
])("the pod that ./platform restore has made is taken, %s: both volumes, and no probe", async (name, more) => {
  const namespace = `restored-${name.length}`;
  const objects = await platformObjects("prod", { namespace }, more);
  for (const object of objects) if (["Namespace", "ServiceAccount"].includes(object.kind)) await judge.create(object);
  const set = objects.find((object) => nameOf(object) === "StatefulSet backup");
  const filter = podFilter("/var/lib/postgresql/data/pgdata", { at: "2026-11-25T21:30:00Z", force: true });
  const made = execFileSync(jq ?? "", [filter], { input: JSON.stringify(set), encoding: "utf8" });
  const pod: KubernetesObject = JSON.parse(made);
  expect(await judge.dryRun({ ...pod, metadata: { ...pod.metadata, namespace } })).toEqual(good);
  const mounted = JSON.stringify(data(pod.spec).containers);
  expect(mounted).toContain('{"mountPath":"/var/lib/backup","name":"data"');
  expect(mounted).toContain('{"name":"database","mountPath":"/var/lib/postgresql/data"}');
  expect(mounted).not.toContain("Probe");
  // The claims are those that the two StatefulSets make.
  const claims = ["backup", "database"].map((of) => podOf(stateful(objects, of)));
  for (const claim of claims.flatMap((each) => claimsOf(each))) expect(claimsOf(pod)).toContain(claim);
});

const stateful = (objects: readonly KubernetesObject[], name: string): KubernetesObject => {
  const found = objects.find((object) => nameOf(object) === `StatefulSet ${name}`);
  if (found === undefined) throw new Error(`there is no StatefulSet ${name}`);
  return found;
};
const claimsOf = (pod: KubernetesObject | undefined): readonly string[] =>
  [...JSON.stringify(pod?.spec).matchAll(/"claimName":"([^"]+)"/g)].map(([, claim = ""]) => claim);

/** A mistake in an object, and what the server must say to it. */
interface Mistake {
  readonly name: string;
  readonly in: string;
  readonly change: (object: KubernetesObject) => KubernetesObject;
  readonly message: RegExp;
}

const withSpec = (object: KubernetesObject, change: (spec: Data) => Data): KubernetesObject => ({
  ...object,
  spec: change(data(object.spec)),
});
const withContainer = (object: KubernetesObject, change: (container: Data) => Data): KubernetesObject =>
  withSpec(object, (spec) => {
    const template = data(spec.template);
    const pod = data(template.spec);
    const containers = Array.isArray(pod.containers) ? pod.containers.map((each) => change(data(each))) : [];
    return { ...spec, template: { ...template, spec: { ...pod, containers } } };
  });

const mistakes: readonly Mistake[] = [
  {
    name: "a port name of sixteen letters",
    in: "Deployment backend",
    change: (object) =>
      withContainer(object, (container) => ({
        ...container,
        ports: [{ name: "a-very-long-port", containerPort: 8000, protocol: "TCP" }],
      })),
    message: /ports\[0\]\.name.*(no more than|at most) 15/,
  },
  {
    name: "a field that a container does not have",
    in: "Deployment backend",
    change: (object) =>
      withContainer(object, ({ livenessProbe, ...rest }) => ({ ...rest, livenesProbe: livenessProbe })),
    message: /livenesProbe/,
  },
  {
    name: "a probe without anything to ask",
    in: "Deployment backend",
    change: (object) => withContainer(object, (container) => ({ ...container, livenessProbe: { periodSeconds: 5 } })),
    message: /must specify a handler type/,
  },
  {
    name: "a selector that finds other pods",
    in: "Deployment backend",
    change: (object) => withSpec(object, (spec) => ({ ...spec, selector: { matchLabels: { app: "other" } } })),
    message: /`selector` does not match template `labels`/,
  },
  {
    name: "a rollout that can never move",
    in: "Deployment backend",
    change: (object) =>
      withSpec(object, (spec) => ({
        ...spec,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
      })),
    message: /may not be 0 when `maxSurge` is 0/,
  },
  {
    name: "a request above its limit",
    in: "Deployment backend",
    change: (object) =>
      withContainer(object, (container) => ({
        ...container,
        resources: { requests: { cpu: "2" }, limits: { cpu: "1" } },
      })),
    message: /must be less than or equal to cpu limit/,
  },
  {
    name: "an exception outside of its range",
    in: "NetworkPolicy backend",
    change: (object) =>
      withSpec(object, (spec) => ({
        ...spec,
        egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["fc00::/7"] } }] }],
      })),
    message: /must be a strict subset of `cidr`/,
  },
  {
    name: "a TLS secret without its key",
    in: "Secret gateway-tls-0a1b2c3d",
    change: ({ stringData, ...object }) => ({ ...object, stringData: { "tls.crt": data(stringData)["tls.crt"] } }),
    message: /tls\.key.*Required value/,
  },
  {
    name: "a kind that the version does not have",
    in: "PodDisruptionBudget gateway",
    change: (object) => ({ ...object, apiVersion: "policy/v1beta1" }),
    message: /no PodDisruptionBudget|lists no resources/,
  },
];

describe("the judge refuses", () => {
  let objects: readonly KubernetesObject[];
  beforeAll(async () => {
    objects = await platformObjects("prod");
  });
  const find = (name: string): KubernetesObject => {
    const found = objects.find((object) => nameOf(object) === name);
    if (found === undefined) throw new Error(`no ${name} among the objects`);
    return found;
  };

  test.each(mistakes)("$name", async ({ in: where, change, message }) => {
    const verdict = await judge.dryRun(change(find(where)));
    expect(verdict).toMatchObject({ taken: false, message: expect.stringMatching(message) });
  });

  test.each([
    ["a pod as root", "securityContext", { runAsUser: 0 }, /violates PodSecurity "restricted.*runAsNonRoot/],
    ["a pod on the host's network", "hostNetwork", true, /violates PodSecurity "restricted.*host namespaces/],
    ["a folder of the host", "volumes", [{ name: "root", hostPath: { path: "/" } }], /violates PodSecurity.*hostPath/],
  ])("%s beside the restricted ones", async (_name, field, value, message) => {
    const pod = podOf(find("Deployment frontend"));
    if (pod === undefined) throw new Error("a Deployment has a pod");
    const spec: Data = { ...data(pod.spec), [field]: value };
    const containers = Array.isArray(spec.containers) ? spec.containers : [];
    const plain = { ...spec, containers: containers.map((each) => ({ ...data(each), volumeMounts: [] })) };
    const verdict = await judge.dryRun({ ...pod, spec: plain });
    expect(verdict).toMatchObject({ taken: false, message: expect.stringMatching(message) });
  });
});
