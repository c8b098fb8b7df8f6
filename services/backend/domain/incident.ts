/** An alert as it stood when Alertmanager last told of it. One fingerprint can come again at another time. */
export interface Incident {
  readonly fingerprint: string;
  readonly startsAt: Date;
  readonly endsAt?: Date;
  readonly status: "firing" | "resolved";
  readonly name: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** An alert in Alertmanager's webhook. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export interface AlertMessage {
  readonly fingerprint: string;
  readonly status: "firing" | "resolved";
  readonly startsAt: string;
  readonly endsAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export function incidentOf(alert: AlertMessage): Incident {
  const { fingerprint, status, labels, annotations } = alert;
  return {
    fingerprint,
    status,
    startsAt: new Date(alert.startsAt),
    // Of a firing one it is the year 1, or when Prometheus would forget it.
    ...(status === "resolved" ? { endsAt: new Date(alert.endsAt) } : {}),
    name: labels.alertname ?? "unnamed",
    severity: labels.severity ?? "none",
    labels,
    annotations,
  };
}
