import { at, list, number, text, texts } from "../../support/json.ts";
import type { Rendered, Rendering } from "../../support/render.ts";
import { givenLevels } from "../log-level.ts";
import { type HeldSecret, type Observed, type ObservedProbe, sorted } from "../observed.ts";
import { readAccess } from "./access.ts";
import { readFiles, secretEntry } from "./files.ts";
import { readNetwork } from "./network.ts";
import { readPlacement } from "./placement.ts";
import { readAddress, readPorts } from "./services.ts";
import { readVolumes } from "./volumes.ts";

/** Reads a workload out of Kubernetes objects: its controller, configuration, services, policies and rights. */
export function readKubernetes({ resources }: Rendering, name: string): Observed {
  const controller = resources.find((one) => isController(one) && at(one.inputs.metadata, "name") === name);
  if (controller === undefined) throw new Error(`no controller of ${name}`);
  const template = at(controller.inputs.spec, "template");
  const pod = at(template, "spec");
  const [container] = list(at(pod, "containers"));
  const expand = expansion(list(at(container, "env")));
  const probe = (key: string) => readProbe(at(container, key), container);
  const configuration = {
    image: text(at(container, "image")) ?? "",
    args: texts(at(container, "args")).map(expand),
    ...readEnvironment(container, expand, resources),
    ...readFiles(pod, container, resources),
  };
  return {
    ...configuration,
    command: at(container, "command") === undefined ? null : texts(at(container, "command")).map(expand),
    logLevel: givenLevels(configuration),
    address: readAddress(template, resources),
    ports: readPorts(template, container, resources),
    probes: { liveness: probe("livenessProbe"), readiness: probe("readinessProbe"), startup: probe("startupProbe") },
    placement: readPlacement(controller, pod, container, resources),
    resources: readResources(container),
    user: readUser(template),
    readOnlyRootFilesystem: at(container, "securityContext", "readOnlyRootFilesystem") === true,
    privileges: readPrivileges(pod, container),
    volumes: readVolumes(controller, pod, container),
    ...readNetwork(template, resources),
    startsAfter: Object.fromEntries(
      sorted(controller.options.dependsOn.filter((other) => other !== name && isWorkload(other, resources))).map(
        (other) => [other, "update"],
      ),
    ),
    kubernetesAccess: readAccess(pod, controller, resources),
    cloudAccess: null,
  };
}

const isController = ({ type }: Rendered): boolean => type.startsWith("kubernetes:apps/v1:");

const isWorkload = (name: string, resources: readonly Rendered[]): boolean =>
  resources.some((one) => isController(one) && at(one.inputs.metadata, "name") === name);

function readEnvironment(
  container: unknown,
  expand: (text: string) => string,
  resources: readonly Rendered[],
): Pick<Observed, "variables" | "secretVariables"> {
  const env = list(at(container, "env"));
  return {
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
          : [[text(at(entry, "name")) ?? "", secretEntry(at(from, "name"), at(from, "key"), resources)]];
      }),
    ),
  };
}

/** Kubernetes' own expansion of `$(NAME)` and `$$` in arguments and variables (apimachinery, third_party/forked/golang/expansion). */
function expansion(env: readonly unknown[]): (text: string) => string {
  const values = new Map(env.map((entry) => [at(entry, "name"), text(at(entry, "value")) ?? "a secret"]));
  return (raw) =>
    raw.replace(/\$(\$|\(([^)]*)\))/g, (whole, next, variable) =>
      next === "$" ? "$" : (values.get(variable) ?? whole),
    );
}

function readProbe(probe: unknown, container: unknown): ObservedProbe | null {
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

function readResources(container: unknown): Observed["resources"] {
  const cpu = (kind: string) => Number(/^(\d+)m$/.exec(text(at(container, "resources", kind, "cpu")) ?? "")?.[1]);
  const memory = (kind: string) =>
    Number(/^(\d+)Mi$/.exec(text(at(container, "resources", kind, "memory")) ?? "")?.[1]);
  return {
    cpu: { request: cpu("requests"), limit: cpu("limits") },
    memory: { request: memory("requests"), limit: memory("limits") },
  };
}

function readUser(template: unknown): Observed["user"] {
  const context = at(template, "spec", "securityContext");
  const uid = number(at(context, "runAsUser")) ?? -1;
  const isSaid = at(context, "runAsNonRoot") === (uid !== 0);
  return {
    uid: isSaid ? uid : Number.NaN,
    gid: number(at(context, "runAsGroup")) ?? -1,
    rootReason: text(at(template, "metadata", "annotations", "trading-platform/root-reason")) ?? null,
  };
}

function readPrivileges(pod: unknown, container: unknown): readonly string[] {
  const own = at(container, "securityContext");
  return [
    ...(texts(at(own, "capabilities", "drop")).includes("ALL") ? [] : ["capabilities of the default set"]),
    ...texts(at(own, "capabilities", "add")),
    ...(at(own, "allowPrivilegeEscalation") === false ? [] : ["new privileges"]),
    ...(at(own, "privileged") === false ? [] : ["privileged"]),
    ...["hostNetwork", "hostPID", "hostIPC"].filter((key) => at(pod, key) === true),
  ];
}
