import { type Check, formatDuration, portNamed, seconds, type WorkloadSpec } from "../../workload/index.ts";

/** Folder in which a container finds the probe binary. */
export const probeFolder = "/probe";

export interface HealthCheck {
  readonly tests: string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly startPeriod: string;
}

/** Docker has one check a container. It decides when an update may go on, so it is readiness. */
export function healthCheck(spec: WorkloadSpec): HealthCheck {
  const { readiness, startup } = spec.probes;
  const patience = startup === undefined ? 0 : startup.interval.seconds * startup.failureThreshold;
  return {
    tests: ["CMD", ...command(readiness.check, readiness.timeout.seconds, spec)],
    interval: formatDuration(readiness.interval),
    timeout: formatDuration(readiness.timeout),
    retries: readiness.failureThreshold,
    startPeriod: formatDuration(seconds(patience)),
  };
}

/** True when the image cannot make the check by itself. */
export function needsProbeBinary({ probes }: Pick<WorkloadSpec, "probes">): boolean {
  const { check } = probes.readiness;
  return check.kind === "tcp" || (check.kind === "http" && probes.tool === "probe-binary");
}

/** 127.0.0.1 and not localhost, which may be ::1. */
function command(check: Check, timeoutSeconds: number, spec: WorkloadSpec): readonly string[] {
  if (check.kind === "command") return check.command;
  const address = `127.0.0.1:${portNamed(spec, check.port).number}`;
  const probe = `${probeFolder}/probe`;
  const timeout = String(timeoutSeconds);
  if (check.kind === "tcp") return [probe, "tcp", address, timeout];
  const url = `http://${address}${check.path}`;
  return spec.probes.tool === "wget"
    ? ["wget", "-q", "-O", "/dev/null", "-T", timeout, url]
    : [probe, "http", url, timeout];
}
