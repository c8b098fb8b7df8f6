import * as fc from "fast-check";
import {
  type Placement,
  type Probes,
  rollout,
  type Scaling,
  type ScalingTarget,
  scaling,
  seconds,
  timeToReady,
} from "../../../components/workload/index.ts";
import { whole } from "./parts.ts";

/** Where and how often a workload runs, and how it is replaced. */
const scalings: fc.Arbitrary<Scaling> = fc.oneof(
  whole(1, 4).map((replicas) => scaling({ kind: "fixed", replicas })),
  fc
    .tuple(whole(1, 4), whole(1, 5), fc.option(whole(10, 95), { nil: undefined }), whole(1, 90))
    .map(([minimum, more, percent, perSecond]) =>
      scaling({
        kind: "automatic",
        minimum,
        maximum: minimum + more,
        target: percent === undefined ? { metric: "requests", perSecond } : { metric: "cpu", percent },
      }),
    ),
);

/** With one replica at least: that is what a host port on Docker allows. Kubernetes does not count requests. */
export const edgeScalings: fc.Arbitrary<Scaling> = fc.oneof(
  fc.constant(scaling({ kind: "fixed", replicas: 1 })),
  fc
    .tuple(
      whole(2, 7),
      fc.constantFrom<ScalingTarget>({ metric: "cpu", percent: 50 }, { metric: "requests", perSecond: 9 }),
    )
    .map(([maximum, target]) => scaling({ kind: "automatic", minimum: 1, maximum, target })),
);

/** A deadline that leaves these probes time. */
const rolloutBase = (asking: Probes) =>
  fc.record({
    rollbackOnFailure: fc.boolean(),
    progressDeadline: whole(1, 600).map((more) => seconds(timeToReady(asking).seconds + more)),
    revisionsKept: whole(1, 10),
    stopGracePeriod: whole(1, 120).map(seconds),
  });

export const stateless = (asking: Probes, counts = scalings): fc.Arbitrary<Placement> =>
  fc
    .record({ base: rolloutBase(asking), surge: whole(1, 3), unavailable: whole(0, 2), count: counts })
    .map(({ base, surge, unavailable, count }) => ({
      kind: "stateless",
      scaling: count,
      rollout: rollout({ ...base, strategy: "rolling", surge, unavailable }),
    }));

export const placements = (asking: Probes): fc.Arbitrary<Placement> =>
  fc.oneof(
    { arbitrary: stateless(asking), weight: 2 },
    {
      arbitrary: fc.tuple(rolloutBase(asking), fc.constantFrom(1, 1, 2, 3)).map(
        ([base, replicas]): Placement => ({
          kind: "stateful",
          replicas,
          rollout: rollout({ ...base, strategy: "stop-first" }),
        }),
      ),
      weight: 1,
    },
    {
      arbitrary: fc.tuple(rolloutBase(asking), whole(1, 3)).map(
        ([base, unavailable]): Placement => ({
          kind: "per-host",
          rollout: rollout({ ...base, strategy: "per-host", unavailable }),
        }),
      ),
      weight: 1,
    },
  );
