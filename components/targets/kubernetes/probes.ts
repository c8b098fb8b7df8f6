import type { Check, Probe, Probes } from "../../workload/index.ts";

/** Every timing is stated: the API server's defaults (10 s, 1 s, 3) are nobody's decision. */
const kubernetesProbe = ({ check, interval, timeout, failureThreshold }: Probe) => ({
  ...handler(check),
  initialDelaySeconds: 0,
  periodSeconds: interval.seconds,
  timeoutSeconds: timeout.seconds,
  failureThreshold,
  successThreshold: 1,
});

function handler(check: Check) {
  switch (check.kind) {
    case "http":
      return { httpGet: { path: check.path, port: check.port, scheme: "HTTP" } };
    case "tcp":
      return { tcpSocket: { port: check.port } };
    case "command":
      return { exec: { command: [...check.command] } };
  }
}

export const containerProbes = ({ liveness, readiness, startup }: Probes) => ({
  livenessProbe: kubernetesProbe(liveness),
  readinessProbe: kubernetesProbe(readiness),
  ...(startup === undefined ? {} : { startupProbe: kubernetesProbe(startup) }),
});
