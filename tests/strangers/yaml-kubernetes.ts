import { CustomResource } from "@pulumi/pulumi";
import { parseAllDocuments } from "yaml";

/** A resource by its type token, as ConfigFile registers what it reads. */
class Raw extends CustomResource {}

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Objects as they stand in a repository's `deploy/` folder. */
function apply(text: string): void {
  for (const document of parseAllDocuments(text)) {
    const object: KubernetesObject = document.toJS();
    const group = object.apiVersion.includes("/") ? object.apiVersion : `core/${object.apiVersion}`;
    new Raw(`kubernetes:${group}:${object.kind}`, object.metadata.name, { ...object });
  }
}

export const careless = (): void =>
  apply(`
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
spec:
  selector: { matchLabels: { name: agent } }
  updateStrategy: { type: OnDelete }
  revisionHistoryLimit: 0
  template:
    metadata: { labels: { name: agent } }
    spec:
      hostNetwork: true
      hostPID: true
      containers:
        - name: agent
          image: vendor/agent:latest
          securityContext: { privileged: true }
          volumeMounts: [{ name: docker, mountPath: /var/run/docker.sock }]
          livenessProbe: { exec: { command: [sh, -c, "curl localhost:8125 || true"] } }
      volumes: [{ name: docker, hostPath: { path: /var/run/docker.sock } }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data:
  broker: amqp://shop:hunter2@queue:5672
`);

export const careful = (): void =>
  apply(`
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: queue
  labels: { app.kubernetes.io/name: queue }
spec:
  serviceName: queue
  replicas: 3
  selector: { matchLabels: { app.kubernetes.io/name: queue } }
  template:
    metadata: { labels: { app.kubernetes.io/name: queue } }
    spec:
      securityContext: { runAsNonRoot: true, runAsUser: 999 }
      containers:
        - name: queue
          image: rabbitmq:4.1.3-management
          env:
            - name: RABBITMQ_DEFAULT_PASS
              valueFrom: { secretKeyRef: { name: queue, key: password } }
          ports: [{ name: amqp, containerPort: 5672 }]
          securityContext:
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
            capabilities: { drop: [ALL] }
          resources:
            requests: { cpu: 500m, memory: 1Gi }
            limits: { memory: 1Gi }
          startupProbe: { tcpSocket: { port: amqp }, periodSeconds: 10, failureThreshold: 30 }
          livenessProbe: { exec: { command: [rabbitmq-diagnostics, -q, ping] }, periodSeconds: 60, timeoutSeconds: 15 }
          readinessProbe: { exec: { command: [rabbitmq-diagnostics, -q, check_running] }, periodSeconds: 60, timeoutSeconds: 15 }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: queue }
spec:
  maxUnavailable: 1
  selector: { matchLabels: { app.kubernetes.io/name: queue } }
`);
