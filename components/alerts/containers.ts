import { formatDuration, minutes } from "../workload/index.ts";
import type { Alert, Watched } from "./alert.ts";
import { type Course, gone, holds, type State } from "./behaviour.ts";
import { oneDecimal } from "./behaviour-text.ts";
import { thresholdsOf } from "./thresholds.ts";

/** Of the containers: by cAdvisor, or where there is Kubernetes by kube-state-metrics. */
export function containerAlerts(watched: Watched): readonly Alert[] {
  const { jobs } = watched;
  return [
    ...(jobs.includes("cadvisor") ? [nearMemoryLimit(watched), restartLoop(watched)] : []),
    ...(jobs.includes("kube-state-metrics") ? [crashLoop(watched), deploymentStuck(watched), podsMissing()] : []),
  ];
}

const common = { category: "containers", team: "platform", severity: "warning" } as const;

/** Label that every target puts on a container of the platform: the member's name. */
const member = "container_label_component";
const ours = `{${member}!=""}`;

function nearMemoryLimit({ settings: { alerts } }: Watched): Alert {
  const limit = thresholdsOf(alerts, "ContainerNearMemoryLimit").containerMemoryPercent;
  const memory = (used: number, most: number): State => ({
    [`container_memory_working_set_bytes{id="/docker/1",${member}="backend",instance="a"}`]: holds(used),
    [`container_spec_memory_limit_bytes{id="/docker/1",${member}="backend",instance="a"}`]: holds(most),
    // A host's own control group, which is of no interest.
    'container_memory_working_set_bytes{id="/",instance="a"}': holds(10_000),
    'container_spec_memory_limit_bytes{id="/",instance="a"}': holds(10_000),
  });
  return {
    ...common,
    name: "ContainerNearMemoryLimit",
    service: `{{ $labels.${member} }}`,
    // 0 is no limit.
    expression: `100 * max by (${member}, instance) (container_memory_working_set_bytes${ours} / (container_spec_memory_limit_bytes > 0)) > ${limit}`,
    for: alerts.timing.warning.for,
    summary: `{{ $labels.${member} }} on {{ $labels.instance }} uses {{ printf "%.1f" $value }} % of its memory limit`,
    description: `A container uses more than ${limit} % of its limit; at the limit the kernel kills it.`,
    behaviour: {
      calm: memory(90 * limit, 10_000),
      fault: memory(110 * limit, 10_000),
      tells: [
        {
          labels: { [member]: "backend", instance: "a", service: "backend" },
          summary: `backend on a uses ${oneDecimal(1.1 * limit)} % of its memory limit`,
        },
      ],
      cases: [{ name: "without a limit", state: memory(1e12, 0), tells: [] }],
    },
  };
}

/** Over this time restarts are counted. */
const memory = minutes(15);

/**
 * Docker starts the same container again, and cAdvisor counts that in a label; ECS makes a new one. Either way it is a new
 * series: those of the last 15 minutes, for each that is there now, less itself.
 */
function restartLoop({ settings: { alerts } }: Watched): Alert {
  const limit = thresholdsOf(alerts, "RestartLoop").restarts;
  const now = `count by (${member}) (container_last_seen${ours})`;
  const seen = `count by (${member}) (last_over_time(container_last_seen${ours}[${formatDuration(memory)}]))`;
  const series = (id: string, restarts: number) =>
    `container_last_seen{id="${id}",${member}="backend",container_label_restartcount="${restarts}"}`;
  const started = (count: number, course: Course, id = "/docker/1"): State =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [series(id, index), course] as const));
  /** Of that many starts, the last one runs. */
  const last = (count: number): State => ({ ...started(count, gone), [series("/docker/1", count - 1)]: holds(1) });
  const tells = [
    {
      labels: { [member]: "backend", service: "backend" },
      summary: `Each instance of backend has started ${limit + 1} times more than it should`,
    },
  ];
  return {
    ...common,
    name: "RestartLoop",
    service: `{{ $labels.${member} }}`,
    expression: `${seen} / (${now} or ${seen} * 0 + 1) - 1 > ${limit}`,
    window: memory,
    for: alerts.timing.warning.for,
    summary: `Each instance of {{ $labels.${member} }} has started {{ printf "%.0f" $value }} times more than it should`,
    description: `Instances were started more than ${limit} times again in ${formatDuration(memory)}: they crash, or liveness fails.`,
    behaviour: {
      calm: last(limit + 2),
      before: started(limit + 2, holds(1)),
      fault: last(limit + 2),
      tells,
      cases: [
        {
          name: "one restart fewer",
          earlier: started(limit + 1, holds(1)),
          state: last(limit + 1),
          lasts: alerts.timing.warning.for,
          tells: [],
        },
        {
          name: "down at this moment",
          earlier: started(limit + 2, holds(1)),
          state: started(limit + 2, gone),
          lasts: alerts.timing.warning.for,
          tells,
        },
        {
          name: "a rollout of ten instances",
          earlier: started(10, holds(1), "/docker/old"),
          state: { ...started(10, gone, "/docker/old"), ...started(10, holds(1), "/docker/new") },
          lasts: alerts.timing.warning.for,
          tells: [],
        },
      ],
    },
  };
}

/** Kubernetes' own judgement: it waits longer and longer between the starts, so that counting them would miss a loop. */
function crashLoop({ settings: { alerts } }: Watched): Alert {
  // A sidecar, as Vault's agent is, is one of the containers that are started first: they are told apart.
  const [waiting, first] = [
    "kube_pod_container_status_waiting_reason",
    "kube_pod_init_container_status_waiting_reason",
  ];
  const looping = (metric: string) => `max_over_time(${metric}{reason="CrashLoopBackOff"}[5m])`;
  const loops = (value: number, ofSidecar = 0): State => ({
    [`${waiting}{reason="CrashLoopBackOff",pod="backend-1",container="backend"}`]: holds(value),
    [`${waiting}{reason="ContainerCreating",pod="backend-2",container="backend"}`]: holds(1),
    [`${first}{reason="CrashLoopBackOff",pod="backend-2",container="vault"}`]: holds(ofSidecar),
  });
  return {
    ...common,
    name: "RestartLoop",
    service: "{{ $labels.container }}",
    // Between two waits it runs for a moment.
    expression: `max by (pod, container) (${looping(waiting)} or ${looping(first)}) > 0`,
    forgets: minutes(5),
    for: alerts.timing.warning.for,
    summary: "{{ $labels.container }} in {{ $labels.pod }} starts again and again",
    description: "A container ends soon after each start: it crashes, or liveness fails.",
    behaviour: {
      calm: loops(0),
      fault: loops(1),
      tells: [
        {
          labels: { pod: "backend-1", container: "backend", service: "backend" },
          summary: "backend in backend-1 starts again and again",
        },
      ],
      cases: [
        {
          name: "a sidecar",
          state: loops(0, 1),
          tells: [
            {
              labels: { pod: "backend-2", container: "vault", service: "vault" },
              summary: "vault in backend-2 starts again and again",
            },
          ],
        },
      ],
    },
  };
}

function deploymentStuck({ settings: { alerts } }: Watched): Alert {
  const progressing = (failed: number): State => ({
    'kube_deployment_status_condition{deployment="backend",condition="Progressing",status="false"}': holds(failed),
    'kube_deployment_status_condition{deployment="backend",condition="Progressing",status="true"}': holds(1 - failed),
    'kube_deployment_status_condition{deployment="backend",condition="ReplicaFailure",status="false"}': holds(1),
  });
  return {
    ...common,
    name: "DeploymentStuck",
    service: "{{ $labels.deployment }}",
    expression: 'max by (deployment) (kube_deployment_status_condition{condition="Progressing",status="false"}) == 1',
    for: alerts.timing.critical.for,
    summary: "The rollout of {{ $labels.deployment }} is stuck",
    description:
      "New pods did not become ready before the progress deadline; the old ones serve on. ./platform up goes back.",
    behaviour: {
      calm: progressing(0),
      fault: progressing(1),
      tells: [{ labels: { deployment: "backend", service: "backend" }, summary: "The rollout of backend is stuck" }],
    },
  };
}

/** By the controller's kind, which is a label of its name: how many pods are wanted, and how many serve. */
const controllers = {
  deployment: ["kube_deployment_spec_replicas", "kube_deployment_status_replicas_available"],
  statefulset: ["kube_statefulset_replicas", "kube_statefulset_status_replicas_ready"],
  daemonset: ["kube_daemonset_status_desired_number_scheduled", "kube_daemonset_status_number_ready"],
} as const;

/** A pod that no host takes, or whose image cannot be had, is no target: no other alert misses one of several. */
function podsMissing(): Alert {
  const kinds = Object.keys(controllers);
  const missing = Object.entries(controllers).map(
    ([kind, [wanted, there]]) => `max by (${kind}) (${wanted} - ${there})`,
  );
  // One of them is there; the others are empty.
  const name = kinds.map((kind) => `{{ $labels.${kind} }}`).join("");
  const pods = (kind: keyof typeof controllers, workload: string, wanted: number, there: number): State => ({
    [`${controllers[kind][0]}{${kind}="${workload}"}`]: holds(wanted),
    [`${controllers[kind][1]}{${kind}="${workload}"}`]: holds(there),
  });
  // A rollout has one more than wanted.
  const calm = { ...pods("deployment", "gateway", 2, 3), ...pods("statefulset", "loki", 3, 3) };
  const tells = (kind: keyof typeof controllers, workload: string, count: number) => [
    { labels: { [kind]: workload, service: workload }, summary: `${count} pods of ${workload} do not serve` },
  ];
  return {
    ...common,
    name: "PodsMissing",
    service: name,
    expression: `(${missing.join(" or ")}) > 0`,
    // A new host is there by then, where the cluster makes some.
    for: minutes(15),
    summary: `{{ $value }} pods of ${name} do not serve`,
    description:
      "Pods that should be there are not ready: customers are served, with less in reserve; of what runs on each host, one is not watched, or its log lines are not collected.",
    behaviour: {
      calm,
      fault: { ...calm, ...pods("statefulset", "loki", 3, 2) },
      tells: tells("statefulset", "loki", 1),
      cases: [
        {
          name: "of a deployment",
          state: { ...calm, ...pods("deployment", "gateway", 4, 2) },
          tells: tells("deployment", "gateway", 2),
        },
        {
          name: "on a host",
          state: { ...calm, ...pods("daemonset", "promtail", 5, 4) },
          tells: tells("daemonset", "promtail", 1),
        },
      ],
    },
  };
}
