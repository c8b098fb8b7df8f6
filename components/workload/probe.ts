import type { Duration } from "./duration.ts";
import { isLonger, seconds } from "./duration.ts";
import { ensure } from "./problem.ts";

/** What a probe asks. Ports are named, so that a probe never points at a port that the workload does not have. */
export type Check =
  | { readonly kind: "http"; readonly path: string; readonly port: string }
  | { readonly kind: "tcp"; readonly port: string }
  | { readonly kind: "command"; readonly command: readonly string[] };

/** A check, how often it is made, and how many in a row decide. */
export interface Probe {
  readonly check: Check;
  /** From the start of one check to the start of the next; whole seconds, at least 1. */
  readonly interval: Duration;
  /** Shorter than the interval; whole seconds, at least 1. */
  readonly timeout: Duration;
  /** This many failures in a row, and the answer is no. */
  readonly failureThreshold: number;
}

/**
 * How a check over the network is made from inside a container, on targets whose probes are commands (Docker, ECS):
 * with the image's own `wget`, or with the static probe binary that the target mounts where the image has neither
 * shell nor wget (redis_exporter is FROM scratch; Promtail since 3.3 and Loki since 3.6 are distroless).
 */
export type ProbeTool = "wget" | "probe-binary";

/** Liveness and readiness are required of every workload; startup where the start is slow. */
export interface Probes {
  /** Fails: the instance is replaced. Asks the process only, never what it depends on. */
  readonly liveness: Probe;
  /** Fails: the instance gets no traffic, and a release does not go on. */
  readonly readiness: Probe;
  /** Until it has succeeded once, the others are not asked. Fails for as long as it has patience: the instance is replaced. */
  readonly startup?: Probe;
  readonly tool: ProbeTool;
}

const wholeSeconds = ({ seconds: count }: Duration): boolean => Number.isInteger(count) && count >= 1;

/** Refuses timings that no orchestrator takes, and a timeout that outlasts the interval. */
export function probe(value: Probe): Probe {
  const { check, interval, timeout, failureThreshold } = value;
  ensure(wholeSeconds(interval), `probe: interval ${interval.seconds} s must be whole seconds, at least 1`);
  ensure(wholeSeconds(timeout), `probe: timeout ${timeout.seconds} s must be whole seconds, at least 1`);
  ensure(
    isLonger(interval, timeout),
    `probe: timeout ${timeout.seconds} s must be shorter than the interval ${interval.seconds} s`,
  );
  ensure(
    Number.isInteger(failureThreshold) && failureThreshold >= 1,
    `probe: failureThreshold ${failureThreshold} must be a whole number of at least 1`,
  );
  if (check.kind === "http") {
    ensure(
      /^\/[\w\-./~%?=&]*$/.test(check.path),
      `probe: path "${check.path}" must start with / and hold no spaces or quotes`,
    );
  }
  if (check.kind === "command") {
    ensure(check.command.length > 0, "probe: command is empty; name the program and its arguments");
  }
  return value;
}

/** Checks what must hold between the probes of one workload. */
export function probes(value: Probes): Probes {
  for (const { failureThreshold } of [value.liveness, value.readiness]) {
    ensure(
      failureThreshold <= 10,
      `probes: failureThreshold ${failureThreshold} must be at most 10 (the range of ECS); a slow start has the startup probe`,
    );
  }
  ensure(
    JSON.stringify(value.liveness.check) !== JSON.stringify(value.readiness.check) ||
      isLonger(patience(value.liveness), patience(value.readiness)),
    "probes: liveness asks the same as readiness and gives up no later: a slow moment would restart what should only get no traffic",
  );
  return value;
}

/** How long a probe fails before it decides. */
export const patience = ({ interval, timeout, failureThreshold }: Probe): Duration =>
  seconds(interval.seconds * (failureThreshold - 1) + timeout.seconds);

/** The longest that a start is expected to take until the first readiness check has succeeded: startup's patience, then one readiness check. */
export function timeToReady({ startup, readiness }: Probes): Duration {
  const start = startup === undefined ? 0 : startup.interval.seconds * startup.failureThreshold;
  return seconds(start + readiness.interval.seconds * readiness.failureThreshold + readiness.timeout.seconds);
}
