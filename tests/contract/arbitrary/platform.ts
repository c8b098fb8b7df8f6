import * as fc from "fast-check";
import { isWorkload, type Member, type PlatformSpec } from "../../../components/specification.ts";
import type { BoundTarget } from "../../../components/targets/target.ts";
import { days, type ManagedDatabase, type WorkloadSpec, workload } from "../../../components/workload/index.ts";
import { platformOf } from "../samples.ts";
import {
  amounts,
  files,
  images,
  kubernetesAccess,
  logLevel,
  ports,
  secretVariables,
  users,
  variables,
  volumes,
  words,
} from "./parts.ts";
import { edgeScalings, placements, stateless } from "./placement.ts";
import { edgeProbes, probesOf } from "./probes.ts";

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const parts = fc.constantFrom("application" as const, "monitoring" as const, "logging" as const);

/** No two workloads of a platform have a port number in common: on some targets they share a host. */
const numbersOf = (index: number): fc.Arbitrary<readonly number[]> =>
  fc.integer({ min: 0, max: 3 }).map((count) => [80, 5000, 60_000].slice(0, count).map((number) => number + index));

/** What needs no other part of the spec. */
const independent = fc.record({
  image: images,
  command: optional(words),
  args: fc.oneof(fc.constant([]), words),
  variables,
  secretVariables,
  part: parts,
  user: users,
  readOnlyRootFilesystem: fc.boolean(),
  level: logLevel,
  internet: fc.boolean(),
  kubernetesAccess: optional(kubernetesAccess),
  cloudAccess: optional(fc.constantFrom("log-store" as const, "host-discovery" as const)),
});

/** Any workload that a constructor takes; some targets refuse some. */
const anyWorkload = (index: number): fc.Arbitrary<WorkloadSpec> =>
  numbersOf(index)
    .chain((numbers) => ports(numbers, false))
    .chain((open) => fc.record({ open: fc.constant(open), asking: probesOf(open, [1, 9]) }))
    .chain(({ open, asking }) =>
      fc.record({ open: fc.constant(open), asking: fc.constant(asking), placement: placements(asking) }),
    )
    .chain(({ open, asking, placement }) =>
      fc
        .record({ rest: independent, kept: volumes(placement.kind === "stateful"), files, size: amounts(1) })
        .map(({ rest: { level, command, kubernetesAccess: access, cloudAccess, ...rest }, kept, files: own, size }) =>
          workload({
            ...rest,
            ...(command === undefined ? {} : { command }),
            ...(access === undefined ? {} : { kubernetesAccess: access }),
            ...(cloudAccess === undefined ? {} : { cloudAccess }),
            ...own,
            name: `w${index}`,
            ports: open,
            probes: asking,
            placement,
            resources: size,
            volumes: kept,
            logs: { level, format: "json" },
            connectsTo: [],
            startsAfter: [],
          }),
        ),
    );

/** The one workload that customers reach; ECS, which needs one, always takes it. */
const anyEdge: fc.Arbitrary<WorkloadSpec> = fc
  .constantFrom([443], [80, 443], [8080, 8443, 9000])
  .chain((numbers) => ports(numbers, true))
  .chain((open) => fc.record({ open: fc.constant(open), asking: edgeProbes(open) }))
  .chain(({ open, asking }) =>
    fc
      .record({ rest: independent, placement: stateless(asking, edgeScalings), size: amounts(2) })
      .map(({ rest: { level, command, kubernetesAccess: _, cloudAccess: __, ...rest }, placement, size }) =>
        workload({
          ...rest,
          ...(command === undefined ? {} : { command }),
          name: "edge",
          part: "application",
          files: [],
          secretFiles: [],
          volumes: [],
          ports: open,
          probes: asking,
          placement,
          resources: size,
          logs: { level, format: "json" },
          connectsTo: [],
          startsAfter: [],
        }),
      ),
  );

const database: ManagedDatabase = {
  kind: "managed",
  engine: "postgres",
  name: "database",
  part: "application",
  version: "17",
  instanceClass: "db.m7g.large",
  port: 5432,
  multiZone: false,
  backupRetention: days(3),
  sizeGiB: 20,
  database: "trading",
  user: "trading",
  deletionProtection: false,
  parameters: {},
};

/** Ways between two workloads, by their places. */
interface Tie {
  readonly from: number;
  readonly to: number;
  readonly connects: boolean;
  readonly waits: boolean;
}

/** Beside the one that customers reach: many, because laying the ground under them is what a rendering takes long for. */
const others = [1, 2, 3, 4, 5, 6, 7, 8] as const;

const place = fc.integer({ min: 0, max: others.length });

const ties = fc.array(
  fc.record({
    from: place,
    to: place,
    connects: fc.boolean(),
    waits: fc.boolean(),
  }),
  { maxLength: 16 },
);

/** Members that are tied to each other, before a target has refused some. */
export const anyMembers: fc.Arbitrary<readonly WorkloadSpec[]> = fc
  .record({
    edge: anyEdge,
    others: fc
      .integer({ min: 1, max: others.length })
      .chain((count) => fc.tuple(...others.slice(0, count).map(anyWorkload))),
    ways: ties,
  })
  .map((made) => tied([made.edge, ...made.others], made.ways));

/** Whoever waits comes later than what it waits for, so that nobody waits for ever. */
function tied(specs: readonly WorkloadSpec[], ways: readonly Tie[]): readonly WorkloadSpec[] {
  return specs.map((spec, from) => {
    const own = ways.filter((way) => way.from === from && way.to !== from);
    const connectsTo = own
      .filter(({ connects }) => connects)
      .flatMap(({ to }) => (specs[to]?.ports ?? []).map((open) => ({ to: specs[to]?.name ?? "", port: open.name })));
    const startsAfter = own.filter(({ waits, to }) => waits && to < from).flatMap(({ to }) => specs[to]?.name ?? []);
    return workload({
      ...spec,
      connectsTo: [...new Map(connectsTo.map((one) => [`${one.to} ${one.port}`, one])).values()],
      startsAfter: [...new Set(startsAfter)],
    });
  });
}

/** What of the members a target takes, with a managed database where it runs one. */
export function platformFor(
  target: Pick<BoundTarget, "problems" | "clashes" | "managed">,
  specs: readonly WorkloadSpec[],
): PlatformSpec {
  const taken = specs.filter((spec) => [...target.problems(spec), ...target.clashes([spec])].length === 0);
  const managed: readonly Member[] = target.managed.includes("postgres") ? [database] : [];
  const names = new Set([...taken, ...managed].map(({ name }) => name));
  const members = taken.map((spec, index) => {
    const toDatabase = managed.length > 0 && index % 2 === 0;
    return workload({
      ...spec,
      connectsTo: [
        ...spec.connectsTo.filter(({ to }) => names.has(to)),
        ...(toDatabase ? [{ to: database.name, port: "postgres" }] : []),
      ],
      startsAfter: [...spec.startsAfter.filter((one) => names.has(one)), ...(toDatabase ? [database.name] : [])],
    });
  });
  return platformOf([...managed, ...members]);
}

export const workloadsOf = ({ application, monitoring, logging }: PlatformSpec): readonly WorkloadSpec[] =>
  [...application, ...monitoring, ...logging].filter(isWorkload);
