import * as fc from "fast-check";
import {
  type Check,
  type ConfigFile,
  type Image,
  image,
  isLonger,
  type KubernetesAccess,
  logLevels,
  type Placement,
  type Port,
  type Probe,
  type Probes,
  type ProbeTool,
  patience,
  port,
  probe,
  probes,
  type Resources,
  resources,
  rollout,
  type Scaling,
  type ScalingTarget,
  type SecretFile,
  type SecretVariable,
  scaling,
  seconds,
  secretNames,
  timeToReady,
  type User,
  type Volume,
} from "../../components/workload/index.ts";

/** Arbitrary parts of a WorkloadSpec, each as its constructor takes it. */

const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const duration = (min: number, max: number) => whole(min, max).map(seconds);

/** Text in which a shell, a template or a YAML file could see something of its own. */
export const text: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      "a",
      "Z",
      "7",
      " ",
      "'",
      '"',
      "$",
      "$(A)",
      "$$",
      "$B",
      "\\",
      "\n",
      "%s",
      "`",
      "#",
      "=",
      ":",
      "é",
      "{}",
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

/** One in three has a digest; the same version always the same. */
export const images: fc.Arbitrary<Image> = fc
  .tuple(fc.constantFrom("ghcr.io/example/app", "docker.io/library/conf", "quay.io/some/etc"), whole(0, 5))
  .map(([repository, minor]) =>
    image({
      repository,
      version: `2.${minor}.0`,
      ...(minor % 3 === 0 ? { digest: `sha256:${String(minor).repeat(64)}` } : {}),
    }),
  );

export const words: fc.Arbitrary<readonly string[]> = fc.array(text, { minLength: 1, maxLength: 4 });

const variableName = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,6}$/);

export const variables: fc.Arbitrary<Readonly<Record<string, string>>> = fc.dictionary(variableName, text, {
  maxKeys: 3,
  noNullPrototype: true,
});

const secret = fc.constantFrom(...secretNames);

export const secretVariables: fc.Arbitrary<readonly SecretVariable[]> = fc.uniqueArray(
  fc.record({ name: variableName.map((name) => `SECRET_OF_${name}`), secret }),
  { selector: ({ name }) => name, maxLength: 2 },
);

const path = fc
  .tuple(
    fc.constantFrom("/etc/app", "/etc/app/sub", "/etc/conf", "/srv/it's", "/opt/x/y", "/etc", "/data"),
    fc.constantFrom("a.yml", "B", "it's", "$HOME", ".hidden", "%s", "ü"),
  )
  .map((parts) => parts.join("/"));

interface Files {
  readonly files: readonly ConfigFile[];
  readonly secretFiles: readonly SecretFile[];
}

/** Half a dozen files at most, no two at one path. */
export const files: fc.Arbitrary<Files> = fc
  .uniqueArray(
    fc.record(
      { path, content: text, secret: fc.option(secret, { nil: undefined }), template: fc.tuple(text, text) },
      { requiredKeys: ["path", "content", "secret"] },
    ),
    { selector: (file) => file.path, maxLength: 5 },
  )
  .map((all) => ({
    files: all.flatMap(({ path: place, content, secret: held }) =>
      held === undefined ? [{ path: place, content }] : [],
    ),
    secretFiles: all.flatMap(({ path: place, secret: held, template }): SecretFile[] => {
      if (held === undefined) return [];
      const around = template?.map((part) => part.replaceAll("{}", "")).join("{}");
      return [{ path: place, secret: held, ...(around === undefined ? {} : { template: around }) }];
    }),
  }));

/** Ports of the given numbers, named so that probes find them; only the first workload of a platform has public ones. */
export const ports = (numbers: readonly number[], isPublic: boolean): fc.Arbitrary<readonly Port[]> =>
  fc
    .tuple(...numbers.map((_, index) => exposure(isPublic, index)))
    .map((exposures) =>
      exposures.map((to, index) =>
        port({ name: index === 0 ? "http" : `port-${index}`, number: numbers[index] ?? 0, exposure: to }),
      ),
    );

const exposure = (isPublic: boolean, index: number): fc.Arbitrary<Port["exposure"]> => {
  if (!isPublic) return fc.constantFrom("internal", "loopback");
  return index === 0 ? fc.constant("public") : fc.constantFrom("internal", "loopback", "public");
};

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

/** Readiness asks the first port by HTTP, as a load balancer does. */
export const edgeProbes = (open: readonly Port[]): fc.Arbitrary<Probes> =>
  fc
    .tuple(
      asked(check(open), [3, 9], [1, 10]),
      asked(http(open.slice(0, 1)), [3, 9], [2, 10]),
      fc.option(asked(check(open), [1, 4], [1, 9]), { nil: undefined }),
      tool,
    )
    .map((parts) => together(...parts))
    .filter((made) => made !== undefined);

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
    stopGracePeriod: duration(1, 120),
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

const amount = (least: number, most: number) =>
  fc.tuple(whole(least, most), whole(0, most)).map(([request, more]) => ({ request, limit: request + more }));

export const amounts = (leastCpu: number): fc.Arbitrary<Resources> =>
  fc.record({ cpu: amount(leastCpu, 300), memory: amount(6, 256) }).map(resources);

export const users: fc.Arbitrary<User> = fc.oneof(
  fc.record({ kind: fc.constant("non-root" as const), uid: whole(1, 65_535), gid: whole(0, 65_535) }),
  fc.record({ kind: fc.constant("root" as const), reason: fc.constantFrom("reads logs of root", "it's 100 % needed") }),
);

const mount = (index: number) => ({ name: `volume-${index}`, path: `/volumes/${index}` });

/** Persistent ones for owners only: two instances would write to one. */
export const volumes = (isStateful: boolean): fc.Arbitrary<readonly Volume[]> => {
  const kinds = fc.constantFrom<readonly Volume["kind"][]>(
    ...(isStateful ? [["persistent"] as const, ["persistent", "scratch"] as const] : []),
    [],
    ["scratch"],
    ["host"],
    ["scratch", "host"],
  );
  return fc.tuple(kinds, whole(1, 40), fc.boolean()).map(([all, size, readOnly]) =>
    all.map((kind, index): Volume => {
      if (kind === "persistent") return { kind, ...mount(index), sizeGiB: size };
      if (kind === "scratch") return { kind, ...mount(index), sizeMiB: size };
      return { kind, ...mount(index), hostPath: "/var/lib/there", readOnly };
    }),
  );
};

export const kubernetesAccess: fc.Arbitrary<KubernetesAccess> = fc.record({
  resources: fc.uniqueArray(fc.constantFrom("pods", "nodes", "deployments", "horizontalpodautoscalers"), {
    minLength: 1,
  }),
  verbs: fc.uniqueArray(fc.constantFrom("get", "list", "watch"), { minLength: 1 }),
  scope: fc.constantFrom("namespace", "cluster"),
});

export const logLevel = fc.constantFrom(...logLevels);
