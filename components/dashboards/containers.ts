import { alertPanel } from "./alert-panel.ts";
import { runningImages } from "./annotations.ts";
import { type Dashboard, lines, type Panel, rateWindow, type Shown, table, where } from "./dashboard.ts";

/** The containers, as cAdvisor sees them, or on Kubernetes its own state. */
export const containersDashboard = (shown: Shown): Dashboard => {
  const onKubernetes = shown.jobs.includes("kube-state-metrics");
  return {
    uid: "containers",
    title: "Containers",
    description: "What runs in which version, what it uses, what starts again and again.",
    variables: onKubernetes || !shown.jobs.includes("cadvisor") ? [] : [chosenMember],
    rows: [
      { title: "What pages", panels: whatPages(shown, onKubernetes) },
      { title: "What runs", panels: runningImages(shown).flatMap(({ expression }) => [images(expression)]) },
      { title: "Work", panels: [...where(shown, "cadvisor", ...work), ...where(shown, "kube-state-metrics", ...pods)] },
    ],
  };
};

const member = "container_label_component";
const chosenMember = {
  kind: "label",
  name: "member",
  title: "Member",
  source: "prometheus",
  label: member,
  of: `container_last_seen{${member}!=""}`,
} as const;
const ours = `${member}!="",${member}=~"$member"`;

const whatPages = (shown: Shown, onKubernetes: boolean) => [
  ...alertPanel(shown, "ContainerNearMemoryLimit", {
    title: "Memory, of the limit",
    unit: "percent",
    legends: [`{{${member}}} on {{instance}}`],
  }),
  ...alertPanel(shown, "RestartLoop", {
    title: onKubernetes ? "Starts again and again" : "Starts of the last 15 minutes that should not be",
    unit: "short",
    legends: [onKubernetes ? "{{container}} in {{pod}}" : `{{${member}}}`],
  }),
  ...alertPanel(shown, "DeploymentStuck", {
    title: "Rollout is stuck",
    unit: "bool_yes_no",
    legends: ["{{deployment}}"],
  }),
  ...alertPanel(shown, "PodsMissing", {
    title: "Pods that do not serve",
    unit: "short",
    legends: ["{{deployment}}{{statefulset}}{{daemonset}}"],
  }),
];

export const images = (expression: string): Panel =>
  table(
    {
      title: "Images that run",
      unit: "short",
      description: "Each member's image, and how many instances have it.",
      width: 24,
    },
    expression,
  );

const perMember = (metric: string) => `sum by (${member}) (${metric})`;

const work = [
  lines({ title: "CPU", unit: "short", description: "Processors that each member keeps busy." }, [
    perMember(`rate(container_cpu_usage_seconds_total{${ours}}[${rateWindow}])`),
    `{{${member}}}`,
  ]),
  lines(
    { title: "Memory", unit: "bytes", description: "What the kernel cannot take back without writing it somewhere." },
    [perMember(`container_memory_working_set_bytes{${ours}}`), `{{${member}}}`],
  ),
  lines({ title: "Instances", unit: "short", description: "Containers of each member that are there." }, [
    `count by (${member}) (container_last_seen{${ours}})`,
    `{{${member}}}`,
  ]),
] as const;

const pods = [
  lines({ title: "Restarts", unit: "short", description: "Of the last hour, by container.", width: 12 }, [
    "sum by (container) (increase(kube_pod_container_status_restarts_total[1h]))",
    "{{container}}",
  ]),
  lines(
    {
      title: "Replicas missing",
      unit: "short",
      description: "Replicas of a deployment that are wanted and not available.",
      width: 12,
    },
    ["max by (deployment) (kube_deployment_status_replicas_unavailable)", "{{deployment}}"],
  ),
] as const;
