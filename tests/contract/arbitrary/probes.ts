import * as fc from "fast-check";
import {
  type Check,
  isLonger,
  type Port,
  type Probe,
  type Probes,
  type ProbeTool,
  patience,
  probe,
  probes,
  seconds,
} from "../../../components/workload/index.ts";
import { whole, words } from "./parts.ts";

const command: fc.Arbitrary<Check> = words.map((all) => ({ kind: "command", command: all }));

/** `http` and `tcp` where there is a port to ask. */
const check = (open: readonly Port[]): fc.Arbitrary<Check> =>
  open.length === 0
    ? command
    : fc.oneof(
        command,
        fc.constantFrom(...open).map(({ name }): Check => ({ kind: "tcp", port: name })),
        http(open),
      );

const http = (open: readonly Port[]): fc.Arbitrary<Check> =>
  fc.record({
    kind: fc.constant("http" as const),
    path: fc.constantFrom("/", "/live", "/health/ready?deep=1&x=%20", "/~a/b.c-d_e"),
    port: fc.constantFrom(...open.map(({ name }) => name)),
  });

const asked = (
  of: fc.Arbitrary<Check>,
  [least, most]: readonly [number, number],
  failures: readonly [number, number],
) =>
  fc.tuple(of, whole(least, most), whole(2, 30), whole(...failures)).map(
    ([what, timeout, more, failureThreshold]): Probe =>
      probe({
        check: what,
        interval: seconds(timeout + more),
        timeout: seconds(timeout),
        failureThreshold,
      }),
  );

const tool = fc.constantFrom<ProbeTool>("wget", "probe-binary");

/** Liveness is never as impatient as a readiness that asks the same. */
const together = (liveness: Probe, readiness: Probe, startup: Probe | undefined, by: ProbeTool): Probes | undefined =>
  JSON.stringify(liveness.check) === JSON.stringify(readiness.check) &&
  !isLonger(patience(liveness), patience(readiness))
    ? undefined
    : probes({ liveness, readiness, ...(startup === undefined ? {} : { startup }), tool: by });

/** `timeouts`: the shortest and longest; 1 s is shorter than ECS takes. */
export const probesOf = (open: readonly Port[], timeouts: readonly [number, number]): fc.Arbitrary<Probes> =>
  fc
    .tuple(
      asked(check(open), timeouts, [1, 10]),
      asked(check(open), timeouts, [1, 10]),
      fc.option(asked(check(open), [1, 4], [1, 12]), { nil: undefined }),
      tool,
    )
    .map((parts) => together(...parts))
    .filter((made) => made !== undefined);

/** Readiness asks the first port by HTTP, as a load balancer does; a start takes less than the 300 s of ECS. */
export const edgeProbes = (open: readonly Port[]): fc.Arbitrary<Probes> =>
  fc
    .tuple(
      asked(check(open), [3, 9], [1, 10]),
      asked(http(open.slice(0, 1)), [3, 9], [2, 10]),
      fc.option(asked(check(open), [1, 4], [1, 8]), { nil: undefined }),
      tool,
    )
    .map((parts) => together(...parts))
    .filter((made) => made !== undefined);
