import { type Check, type Probes, portNamed, type WorkloadSpec } from "../../workload/index.ts";

/** The folder in which a container finds the probe binary. */
export const probeFolder = "/probe";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html; times in seconds. */
export interface HealthCheck {
  readonly command: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod: number;
}

/** ECS has one check a container, and replaces the task when it fails: that is what liveness asks for. */
export function healthCheck(spec: WorkloadSpec): HealthCheck {
  const { liveness } = spec.probes;
  return {
    command: ["CMD", ...command(liveness.check, liveness.timeout.seconds, spec)],
    interval: liveness.interval.seconds,
    timeout: liveness.timeout.seconds,
    retries: liveness.failureThreshold,
    startPeriod: startPeriod(spec.probes),
  };
}

/** Seconds in which failures do not count: as long as startup is patient. */
export const startPeriod = ({ startup }: Probes): number =>
  startup === undefined ? 0 : startup.interval.seconds * startup.failureThreshold;

/** True when the image can make none of its checks by itself. */
export const needsProbeBinary = ({ probes }: Pick<WorkloadSpec, "probes">): boolean =>
  probes.liveness.check.kind === "tcp" || (probes.liveness.check.kind === "http" && probes.tool === "probe-binary");

/** The command inside the container; 127.0.0.1 and not localhost, which may be ::1. */
function command(check: Check, timeoutSeconds: number, spec: WorkloadSpec): readonly string[] {
  if (check.kind === "command") return check.command;
  const address = `127.0.0.1:${portNamed(spec, check.port).number}`;
  const timeout = String(timeoutSeconds);
  if (check.kind === "tcp") return [`${probeFolder}/probe`, "tcp", address, timeout];
  const url = `http://${address}${check.path}`;
  return spec.probes.tool === "wget"
    ? ["wget", "-q", "-O", "/dev/null", "-T", timeout, url]
    : [`${probeFolder}/probe`, "http", url, timeout];
}
