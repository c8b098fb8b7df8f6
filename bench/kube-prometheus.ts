/**
 * The rival: what kube-prometheus documents as its defaults, written down by hand. Scrapes and evaluations every 30 s
 * (the operator's own default), a target that is gone told after 10 minutes (general.rules, TargetDown), and its
 * Alertmanager's group_wait and group_interval.
 */
export const rival = {
  scrapeSeconds: 30,
  timeoutSeconds: 10,
  rules: {
    groups: [
      {
        name: "general.rules",
        rules: [
          {
            alert: "TargetDown",
            expr: "100 * (count by (job, namespace, service) (up == 0) / count by (job, namespace, service) (up)) > 10",
            for: "10m",
            labels: { severity: "warning" },
          },
        ],
      },
    ],
  },
  route: {
    receiver: "default",
    group_by: ["namespace"],
    group_wait: "30s",
    group_interval: "5m",
    repeat_interval: "12h",
  },
} as const;
