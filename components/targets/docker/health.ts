import { type Check, type Duration, type Probe, portNamed, type WorkloadSpec } from "../../workload/index.ts";

/** Where a container finds the probe binary, if its checks need it. */
export const probeFolder = "/probe";

/** Docker's one health check; times as Go writes them, because that is how the daemon tells them back. */
export interface HealthCheck {
  readonly tests: string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly startPeriod: string;
  readonly startInterval?: string;
}

/**
 * Readiness decides: a release goes on when it succeeds, and nothing else happens by it, because Docker never restarts
 * what is unhealthy. While startup is patient, failures do not count.
 * https://docs.docker.com/reference/dockerfile/#healthcheck
 */
export function healthCheck(spec: WorkloadSpec): HealthCheck {
  const { readiness, startup } = spec.probes;
  return {
    tests: ["CMD", ...command(readiness, spec)],
    interval: goDuration(readiness.interval),
    timeout: goDuration(readiness.timeout),
    retries: readiness.failureThreshold,
    startPeriod: goDuration({
      seconds: startup === undefined ? 0 : startup.interval.seconds * startup.failureThreshold,
    }),
    ...(startup === undefined ? {} : { startInterval: goDuration(startup.interval) }),
  };
}

/** True when the image cannot make the check by itself. */
export const needsProbeBinary = ({ probes: { readiness, tool } }: Pick<WorkloadSpec, "probes">): boolean =>
  asksByBinary(readiness.check, tool);

const asksByBinary = ({ kind }: Check, tool: WorkloadSpec["probes"]["tool"]): boolean =>
  kind === "tcp" || (kind === "http" && tool === "probe-binary");

/** The command inside the container; 127.0.0.1 and not localhost, which may be ::1. */
function command({ check, timeout }: Probe, spec: WorkloadSpec): readonly string[] {
  if (check.kind === "command") return check.command;
  const address = `127.0.0.1:${portNamed(spec, check.port).number}`;
  const patience = String(timeout.seconds);
  if (check.kind === "tcp") return [`${probeFolder}/probe`, "tcp", address, patience];
  const url = `http://${address}${check.path}`;
  return asksByBinary(check, spec.probes.tool)
    ? [`${probeFolder}/probe`, "http", url, patience]
    : ["wget", "-q", "-O", "/dev/null", "-T", patience, url];
}

/** As Go's `Duration.String` writes whole seconds: `5s`, `1m0s`, `1h0m0s`. Another form would be a change after each refresh. */
export function goDuration({ seconds }: Duration): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
