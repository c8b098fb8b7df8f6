/** A task that ECS has stopped, or that ended by itself. */
export interface StoppedTask {
  readonly id: string;
  readonly reason: string;
  /** As `EssentialContainerExited`. */
  readonly code: string;
  /** Milliseconds since 1970. */
  readonly stoppedAt: number;
  readonly containers: readonly StoppedContainer[];
}

export interface StoppedContainer {
  readonly name: string;
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
  readonly isUnhealthy: boolean;
}

/** The last lines of one of the task's containers. */
export interface LastLines {
  readonly container: string;
  readonly lines: readonly string[];
}

/** What is known of a release that does not run; everything but the first line may be missing. */
export interface Account {
  /** What is the matter, in one line. */
  readonly problem: string;
  readonly alarms: readonly string[];
  /** Of the task definition that was asked for. */
  readonly stopped: readonly StoppedTask[];
  readonly lines: readonly LastLines[];
  /** Ways out, a line each. */
  readonly ways: readonly string[];
}

/** The account as a person reads it. */
export function told({ problem, alarms, stopped, lines, ways }: Account): string {
  const newest = newestOf(stopped);
  return [
    problem,
    ...(alarms.length === 0 ? [] : [`  alarms: ${alarms.join(", ")}`]),
    ...(newest === undefined ? [] : taskLines(newest, stopped.length)),
    ...lines.flatMap(({ container, lines: written }) => [
      `  last lines of ${container}:`,
      ...written.map((line) => `    | ${line}`),
    ]),
    ...ways.map((way) => `  ${way}`),
  ].join("\n");
}

/** The task that stopped last. */
export const newestOf = (stopped: readonly StoppedTask[]): StoppedTask | undefined =>
  [...stopped].sort((a, b) => b.stoppedAt - a.stoppedAt)[0];

function taskLines({ id, reason, code, containers }: StoppedTask, count: number): readonly string[] {
  const which = count === 1 ? "a task stopped" : `${count} tasks stopped, the last one`;
  const faulty = containers.filter(
    (container) => container.isUnhealthy || (container.exitCode ?? 0) !== 0 || container.reason,
  );
  return [
    `  ${which} (${id}): ${reason}${code === "" ? "" : ` [${code}]`}`,
    ...faulty.map(({ name, exitCode, reason: why, isUnhealthy }) => {
      const facts = [
        ...(exitCode === undefined ? [] : [`exit code ${exitCode}`]),
        ...(isUnhealthy ? ["unhealthy"] : []),
        ...(why === undefined ? [] : [why]),
      ];
      return `    ${name}: ${facts.join(", ")}`;
    }),
  ];
}
