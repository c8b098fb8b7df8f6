import { AnnotationQueryBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Shown } from "./dashboard.ts";

/** What stands across every panel of every dashboard. */
export interface Mark {
  readonly name: string;
  readonly expression: string;
  readonly title: string;
  readonly text: string;
  readonly color: string;
}

/** When alerts fired, and when another image began to run. */
export const marks = (shown: Shown): readonly Mark[] => [
  {
    name: "Alerts",
    expression: 'ALERTS{alertstate="firing",severity!="none"}',
    title: "{{alertname}}",
    text: "{{service}} ({{severity}})",
    color: "red",
  },
  ...runningImages(shown).map(({ expression, member }) => ({
    name: "Deploys",
    expression: `${expression} unless ${expression.replaceAll("}", "} offset 5m")}`,
    title: `{{${member}}} is deployed`,
    text: "{{image}}",
    color: "blue",
  })),
];

/** What runs, by member and image: as cAdvisor sees it, or on Kubernetes its own state. */
export const runningImages = ({ jobs }: Pick<Shown, "jobs">) => {
  const found = [
    { job: "cadvisor", member: "container_label_component", metric: "container_last_seen" },
    { job: "kube-state-metrics", member: "container", metric: "kube_pod_container_info" },
  ].filter(({ job }) => jobs.includes(job));
  return found.map(({ member, metric }) => ({
    member,
    expression: `count by (${member}, image) (${metric}{${member}!=""})`,
  }));
};

export const annotations = (shown: Shown) =>
  marks(shown).map(({ name, expression, title, text, color }) =>
    new AnnotationQueryBuilder()
      .name(name)
      .datasource({ type: "prometheus", uid: "prometheus" })
      .enable(true)
      .iconColor(color)
      .target(new DataqueryBuilder().refId("Anno").expr(expression).legendFormat(title))
      .titleFormat(title)
      .textFormat(text),
  );
