import { at, entries, list, number, text, texts } from "../support/json.ts";
import type { Rendered, Rendering } from "../support/render.ts";
import {
  fixed,
  type HeldSecret,
  type Observed,
  type ObservedProbe,
  type ObservedVolume,
  secondsOf,
  sorted,
} from "./observed.ts";

const nameLabel = "app.kubernetes.io/name";

/** Reads a workload out of Kubernetes objects: its controller, configuration, services, policies and rights. */
export function readKubernetes({ resources }: Rendering, name: string): Observed {
  const of = (kind: string) =>
    resources.filter(({ type }) => type.startsWith("kubernetes:") && type.endsWith(`:${kind}`));
  const controller = resources.find(
    ({ type, inputs }) => /^kubernetes:apps\/v1:/.test(type) && at(inputs.metadata, "name") === name,
  );
  if (controller === undefined) throw new Error(`no controller of ${name}`);
  const template = at(controller.inputs.spec, "template");
  const pod = at(template, "spec");
  const [container] = list(at(pod, "containers"));
  const env = list(at(container, "env"));
  const secrets = of("Secret");
  const expand = expansion(env);
  const probe = (key: string) => probeOf(at(container, key), container);
  return {
    image: text(at(container, "image")) ?? "",
    command: at(container, "command") === undefined ? null : texts(at(container, "command")).map(expand),
    args: texts(at(container, "args")).map(expand),
    variables: Object.fromEntries(
      env
        .filter((entry) => at(entry, "value") !== undefined)
        .map((entry) => [text(at(entry, "name")) ?? "", expand(text(at(entry, "value")) ?? "")]),
    ),
    secretVariables: Object.fromEntries(
      env.flatMap((entry): [string, HeldSecret][] => {
        const from = at(entry, "valueFrom", "secretKeyRef");
        return from === undefined
          ? []
          : [[text(at(entry, "name")) ?? "", secretEntry(at(from, "name"), at(from, "key"), secrets)]];
      }),
    ),
    ...filesOf(pod, container, of("ConfigMap"), secrets),
    ports: portsOf(name, template, container, resources),
    probes: { liveness: probe("livenessProbe"), readiness: probe("readinessProbe"), startup: probe("startupProbe") },
    placement: {
      kind: controller.type.endsWith(":DaemonSet") ? "per-host" : "replicas",
      scaling: scalingOf(controller, of("HorizontalPodAutoscaler")),
      rollout: rolloutOf(controller, pod, container),
    },
    resources: resourcesOf(container),
    user: userOf(template),
    readOnlyRootFilesystem: at(container, "securityContext", "readOnlyRootFilesystem") === true,
    privileges: privilegesOf(pod, container),
    volumes: volumesOf(controller, pod, container),
    ...networkOf(template, of("NetworkPolicy"), resources),
    startsAfter: sorted(controller.options.dependsOn.filter((other) => isWorkload(other, name, resources))),
    kubernetesAccess: accessOf(pod, controller, resources),
    cloudAccess: null,
  };
}

const isWorkload = (other: string, name: string, resources: readonly Rendered[]): boolean =>
  other !== name &&
  resources.some(({ type, inputs }) => /^kubernetes:apps\/v1:/.test(type) && at(inputs.metadata, "name") === other);

/** Kubernetes' own expansion of `$(NAME)` and `$$` in arguments and variables (apimachinery, third_party/forked/golang/expansion). */
function expansion(env: readonly unknown[]): (text: string) => string {
  const values = new Map(env.map((entry) => [at(entry, "name"), text(at(entry, "value")) ?? "a secret"]));
  return (raw) =>
    raw.replace(/\$(\$|\(([^)]*)\))/g, (whole, next, variable) =>
      next === "$" ? "$" : (values.get(variable) ?? whole),
    );
}

function secretEntry(name: unknown, key: unknown, secrets: readonly Rendered[]): HeldSecret {
  const found = secrets.find((secret) => (at(secret.inputs.metadata, "name") ?? secret.name) === name);
  const value = text(at(found?.inputs.stringData, text(key) ?? "")) ?? "missing";
  return { text: value, held: found?.secret.includes("stringData") === true ? "reference" : "plain" };
}

interface Projected {
  readonly path: string;
  readonly content: HeldSecret | string;
}

/** What each source of a projected volume puts where. */
function projectedFiles(
  volume: unknown,
  configMaps: readonly Rendered[],
  secrets: readonly Rendered[],
): readonly Projected[] {
  return list(at(volume, "projected", "sources")).flatMap((source) => {
    const config = at(source, "configMap");
    const secret = at(source, "secret");
    return list(at(config ?? secret, "items")).map((item): Projected => {
      const path = text(at(item, "path")) ?? "";
      if (config === undefined) return { path, content: secretEntry(at(secret, "name"), at(item, "key"), secrets) };
      const map = configMaps.find((candidate) => at(candidate.inputs.metadata, "name") === at(config, "name"));
      return { path, content: text(at(map?.inputs.data, text(at(item, "key")) ?? "")) ?? "missing" };
    });
  });
}

function filesOf(
  pod: unknown,
  container: unknown,
  configMaps: readonly Rendered[],
  secrets: readonly Rendered[],
): Pick<Observed, "files" | "secretFiles"> {
  const volumes = list(at(pod, "volumes"));
  const all = list(at(container, "volumeMounts")).flatMap((mount): [string, Projected["content"]][] => {
    if (at(mount, "readOnly") !== true) return [];
    const volume = volumes.find((candidate) => at(candidate, "name") === at(mount, "name"));
    const path = text(at(mount, "mountPath")) ?? "";
    const single = text(at(mount, "subPath"));
    return projectedFiles(volume, configMaps, secrets).flatMap((file): [string, Projected["content"]][] => {
      if (single === undefined) return [[`${path}/${file.path}`, file.content]];
      return file.path === single ? [[path, file.content]] : [];
    });
  });
  return {
    files: Object.fromEntries(all.flatMap(([path, content]) => (typeof content === "string" ? [[path, content]] : []))),
    secretFiles: Object.fromEntries(
      all.flatMap(([path, content]) => (typeof content === "string" ? [] : [[path, content]])),
    ),
  };
}

const matches = (selector: unknown, template: unknown): boolean =>
  entries(selector).length > 0 &&
  entries(selector).every(([key, value]) => at(template, "metadata", "labels", key) === value);

/** A port is reachable by its number behind the Service; customers come through an Ingress or a load balancer, and past the policy. */
function portsOf(
  name: string,
  template: unknown,
  container: unknown,
  resources: readonly Rendered[],
): Observed["ports"] {
  const services = resources.filter(
    ({ type, inputs }) => type === "kubernetes:core/v1:Service" && matches(at(inputs.spec, "selector"), template),
  );
  const served = services.flatMap(({ inputs }) => list(at(inputs.spec, "ports")));
  const policies = policiesOf(template, resources);
  const forAll = policies
    .flatMap(({ inputs }) => list(at(inputs.spec, "ingress")))
    .filter((rule) => at(rule, "from") === undefined);
  const isOpen = (port: unknown) =>
    forAll.some((rule) => list(at(rule, "ports")).some((open) => at(open, "port") === port));
  return Object.fromEntries(
    list(at(container, "ports")).map((port) => {
      const number = at(port, "containerPort");
      const behind = served.some(
        (candidate) => at(candidate, "port") === number && at(candidate, "targetPort") === at(port, "name"),
      );
      return [
        behind ? String(number) : `${number} behind no Service of ${name}`,
        isOpen(number) ? "public" : "internal",
      ];
    }),
  );
}

const policiesOf = (template: unknown, resources: readonly Rendered[]): readonly Rendered[] =>
  resources.filter(
    ({ type, inputs }) =>
      type.endsWith(":NetworkPolicy") && matches(at(inputs.spec, "podSelector", "matchLabels"), template),
  );

function probeOf(probe: unknown, container: unknown): ObservedProbe | null {
  if (probe === undefined) return null;
  const portNumber = (name: unknown) =>
    at(
      list(at(container, "ports")).find((port) => at(port, "name") === name),
      "containerPort",
    );
  const http = at(probe, "httpGet");
  const tcp = at(probe, "tcpSocket");
  const exec = at(probe, "exec", "command");
  const check =
    http !== undefined
      ? `http ${portNumber(at(http, "port"))} ${at(http, "path")}`
      : tcp !== undefined
        ? `tcp ${portNumber(at(tcp, "port"))}`
        : ["command", ...texts(exec)].join(" ");
  return {
    check,
    by: exec === undefined ? "kubelet" : "command",
    interval: number(at(probe, "periodSeconds")) ?? 10,
    timeout: number(at(probe, "timeoutSeconds")) ?? 1,
    failureThreshold: number(at(probe, "failureThreshold")) ?? 3,
  };
}

function scalingOf(controller: Rendered, autoscalers: readonly Rendered[]): Observed["placement"]["scaling"] {
  const autoscaler = autoscalers.find(
    ({ inputs }) =>
      at(inputs.spec, "scaleTargetRef", "name") === at(controller.inputs.metadata, "name") &&
      at(inputs.spec, "scaleTargetRef", "kind") === controller.type.split(":").at(-1),
  );
  const replicas = at(controller.inputs.spec, "replicas");
  if (autoscaler === undefined) return fixed(number(replicas) ?? 1);
  const [metric] = list(at(autoscaler.inputs.spec, "metrics"));
  return {
    minimum: number(at(autoscaler.inputs.spec, "minReplicas")) ?? 1,
    // A number in the controller as well would be set back by every update.
    maximum: replicas === undefined ? (number(at(autoscaler.inputs.spec, "maxReplicas")) ?? 0) : Number.NaN,
    target: { metric: "cpu", percent: number(at(metric, "resource", "target", "averageUtilization")) ?? 0 },
  };
}

function rolloutOf(
  { inputs, options, type }: Rendered,
  pod: unknown,
  container: unknown,
): Observed["placement"]["rollout"] {
  const { spec } = inputs;
  const rolling = at(spec, "strategy", "rollingUpdate") ?? at(spec, "updateStrategy", "rollingUpdate");
  const drain = number(at(container, "lifecycle", "preStop", "sleep", "seconds")) ?? 0;
  const isDeployment = type.endsWith(":Deployment");
  return {
    // A StatefulSet replaces one pod after the other, the old one first.
    surge: number(at(rolling, "maxSurge")) ?? 0,
    unavailable: number(at(rolling, "maxUnavailable")) ?? 1,
    rollbackOnFailure: false,
    progressDeadline: isDeployment
      ? (number(at(spec, "progressDeadlineSeconds")) ?? null)
      : secondsOf(options.updateTimeout ?? ""),
    revisionsKept: number(at(spec, "revisionHistoryLimit")) ?? null,
    stopGracePeriod: (number(at(pod, "terminationGracePeriodSeconds")) ?? 30) - drain,
  };
}

function resourcesOf(container: unknown): Observed["resources"] {
  const cpu = (kind: string) => Number(/^(\d+)m$/.exec(text(at(container, "resources", kind, "cpu")) ?? "")?.[1]);
  const memory = (kind: string) =>
    Number(/^(\d+)Mi$/.exec(text(at(container, "resources", kind, "memory")) ?? "")?.[1]);
  return {
    cpu: { request: cpu("requests"), limit: cpu("limits") },
    memory: { request: memory("requests"), limit: memory("limits") },
  };
}

function userOf(template: unknown): Observed["user"] {
  const context = at(template, "spec", "securityContext");
  const uid = number(at(context, "runAsUser")) ?? -1;
  const isSaid = at(context, "runAsNonRoot") === (uid !== 0);
  return {
    uid: isSaid ? uid : Number.NaN,
    gid: number(at(context, "runAsGroup")) ?? -1,
    rootReason: text(at(template, "metadata", "annotations", "trading-platform/root-reason")) ?? null,
  };
}

function privilegesOf(pod: unknown, container: unknown): readonly string[] {
  const own = at(container, "securityContext");
  return [
    ...(texts(at(own, "capabilities", "drop")).includes("ALL") ? [] : ["capabilities of the default set"]),
    ...texts(at(own, "capabilities", "add")),
    ...(at(own, "allowPrivilegeEscalation") === false ? [] : ["new privileges"]),
    ...(at(own, "privileged") === false ? [] : ["privileged"]),
    ...["hostNetwork", "hostPID", "hostIPC"].filter((key) => at(pod, key) === true),
  ];
}

function volumesOf(controller: Rendered, pod: unknown, container: unknown): Observed["volumes"] {
  const mounts = list(at(container, "volumeMounts"));
  const claims = list(at(controller.inputs.spec, "volumeClaimTemplates"));
  const keeps = at(controller.inputs.spec, "persistentVolumeClaimRetentionPolicy", "whenDeleted") === "Retain";
  return Object.fromEntries(
    mounts.flatMap((mount): [string, ObservedVolume][] => {
      const path = text(at(mount, "mountPath")) ?? "";
      const readOnly = at(mount, "readOnly") === true;
      const claim = claims.find((candidate) => at(candidate, "metadata", "name") === at(mount, "name"));
      const size = /^(\d+)Gi$/.exec(text(at(claim, "spec", "resources", "requests", "storage")) ?? "")?.[1];
      if (claim !== undefined) return keeps ? [[path, { kind: "persistent", sizeGiB: Number(size) }]] : [];
      const volume = list(at(pod, "volumes")).find((candidate) => at(candidate, "name") === at(mount, "name"));
      const hostPath = text(at(volume, "hostPath", "path"));
      if (hostPath !== undefined) return [[path, { kind: "host", hostPath, readOnly }]];
      const empty = at(volume, "emptyDir");
      const limit = /^(\d+)Mi$/.exec(text(at(empty, "sizeLimit")) ?? "")?.[1];
      return at(empty, "medium") === "Memory" && !readOnly ? [[path, { kind: "scratch", sizeMiB: Number(limit) }]] : [];
    }),
  );
}

const isDeniedByDefault = (resources: readonly Rendered[]): boolean =>
  resources.some(
    ({ type, inputs }) =>
      type.endsWith(":NetworkPolicy") &&
      entries(at(inputs.spec, "podSelector")).length === 0 &&
      ["Ingress", "Egress"].every((way) => texts(at(inputs.spec, "policyTypes")).includes(way)),
  );

/** A connection is open when the one side's policy lets it out and the other's lets it in. */
function networkOf(
  template: unknown,
  policies: readonly Rendered[],
  resources: readonly Rendered[],
): Pick<Observed, "connectsTo" | "internet"> {
  const egress = policiesOf(template, resources).flatMap(({ inputs }) => list(at(inputs.spec, "egress")));
  const out = egress.flatMap((rule) =>
    list(at(rule, "to")).flatMap((peer) => {
      const target = text(at(peer, "podSelector", "matchLabels", nameLabel));
      return target === undefined ? [] : list(at(rule, "ports")).map((port) => ({ target, port: at(port, "port") }));
    }),
  );
  const letsIn = ({ target, port }: (typeof out)[number]) =>
    policies
      .filter(({ inputs }) => at(inputs.spec, "podSelector", "matchLabels", nameLabel) === target)
      .flatMap(({ inputs }) => list(at(inputs.spec, "ingress")))
      .filter((rule) => list(at(rule, "ports")).some((open) => at(open, "port") === port))
      .some(
        (rule) =>
          at(rule, "from") === undefined ||
          list(at(rule, "from")).some((peer) => matches(at(peer, "podSelector", "matchLabels"), template)),
      );
  const open = out.filter(letsIn).map(({ target, port }) => `${target}:${port}`);
  return {
    connectsTo: isDeniedByDefault(policies) ? sorted(open) : ["everything"],
    internet: egress.some((rule) => list(at(rule, "to")).some((peer) => at(peer, "ipBlock", "cidr") === "0.0.0.0/0")),
  };
}

/** What the workload's account may read; a token is in the pod only where there is something to read. */
function accessOf(pod: unknown, controller: Rendered, resources: readonly Rendered[]): Observed["kubernetesAccess"] {
  const account = at(pod, "serviceAccountName");
  const namespace = at(controller.inputs.metadata, "namespace");
  const bindings = resources.filter(
    ({ type, inputs }) =>
      /:(?:Cluster)?RoleBinding$/.test(type) &&
      list(inputs.subjects).some(
        (subject) => at(subject, "name") === account && at(subject, "namespace") === namespace,
      ),
  );
  if (bindings.length === 0)
    return at(pod, "automountServiceAccountToken") === false
      ? null
      : { resources: [], verbs: ["token"], scope: "namespace" };
  const rules = bindings.flatMap(({ inputs }) =>
    resources
      .filter(
        (role) =>
          role.type.endsWith(`:${text(at(inputs.roleRef, "kind"))}`) &&
          at(role.inputs.metadata, "name") === at(inputs.roleRef, "name") &&
          at(role.inputs.metadata, "namespace") === at(inputs.metadata, "namespace"),
      )
      .flatMap((role) => list(role.inputs.rules)),
  );
  return {
    resources: sorted(rules.flatMap((rule) => texts(at(rule, "resources")))),
    verbs: sorted(rules.flatMap((rule) => texts(at(rule, "verbs")))),
    scope: bindings.every(({ type }) => type.endsWith(":ClusterRoleBinding")) ? "cluster" : "namespace",
  };
}
