import * as k8s from "@pulumi/kubernetes";

/** A web shop as somebody writes it after the tutorial: one Deployment, one database, both open to the world. */
export function careless(): void {
  const labels = { app: "shop" };
  new k8s.apps.v1.Deployment("shop", {
    metadata: { labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: "shop",
              image: "acme/shop",
              env: [
                { name: "DB_PASSWORD", value: "hunter2" },
                { name: "LOG_LEVEL", value: "debug" },
              ],
              ports: [{ containerPort: 3000 }],
              livenessProbe: { httpGet: { path: "/", port: 8080 } },
              readinessProbe: { httpGet: { path: "/", port: 3000 } },
            },
          ],
        },
      },
    },
  });
  new k8s.core.v1.Service("database", {
    metadata: { labels: { app: "database" } },
    spec: { type: "LoadBalancer", ports: [{ port: 5432 }], selector: { app: "database" } },
  });
  new k8s.policy.v1.PodDisruptionBudget("shop", {
    spec: { minAvailable: 1, selector: { matchLabels: labels } },
  });
  new k8s.batch.v1.Job("migrate", {
    spec: {
      template: {
        spec: {
          restartPolicy: "Never",
          containers: [
            {
              name: "migrate",
              image: "acme/shop:1.4.0",
              securityContext: { privileged: true, readOnlyRootFilesystem: true, runAsUser: 1000 },
              resources: { requests: { cpu: "100m" }, limits: { memory: "128Mi" } },
            },
          ],
        },
      },
    },
  });
}

const restricted: k8s.types.input.core.v1.SecurityContext = {
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
};

/** The same shop by somebody who has been paged for it. */
export function careful(): void {
  const labels = { "app.kubernetes.io/name": "shop" };
  const shop = new k8s.apps.v1.Deployment("shop", {
    metadata: { name: "shop", labels },
    spec: {
      progressDeadlineSeconds: 600,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          topologySpreadConstraints: [
            { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
          ],
          initContainers: [
            {
              name: "tls-proxy",
              image: "envoyproxy/envoy:v1.33.0",
              restartPolicy: "Always",
              ports: [{ name: "tls", containerPort: 8443 }],
              securityContext: restricted,
              resources: { requests: { cpu: "50m" }, limits: { memory: "64Mi" } },
              livenessProbe: { tcpSocket: { port: "tls" }, failureThreshold: 6 },
              readinessProbe: { tcpSocket: { port: "tls" } },
            },
          ],
          containers: [
            {
              name: "shop",
              image: `acme/shop@sha256:${"4f".repeat(32)}`,
              envFrom: [{ secretRef: { name: "shop" } }],
              env: [{ name: "LOG_LEVEL", value: "info" }],
              ports: [{ name: "http", containerPort: 3000 }],
              securityContext: restricted,
              resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "256Mi" } },
              startupProbe: { httpGet: { path: "/healthz", port: "http" }, failureThreshold: 30 },
              livenessProbe: { httpGet: { path: "/livez", port: "http" } },
              readinessProbe: { httpGet: { path: "/readyz", port: "http" } },
            },
          ],
        },
      },
    },
  });
  new k8s.autoscaling.v2.HorizontalPodAutoscaler("shop", {
    spec: {
      minReplicas: 2,
      maxReplicas: 6,
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "shop" },
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
      ],
    },
  });
  new k8s.policy.v1.PodDisruptionBudget("shop", {
    spec: { minAvailable: 1, selector: { matchLabels: labels } },
  });
  new k8s.core.v1.Service("shop", {
    metadata: { labels },
    spec: { type: "LoadBalancer", ports: [{ port: 443, targetPort: "tls" }], selector: shop.spec.selector.matchLabels },
  });
}
