import * as fc from "fast-check";
import {
  type ConfigFile,
  type Image,
  image,
  type KubernetesAccess,
  logLevels,
  type Port,
  port,
  type Resources,
  resources,
  type SecretFile,
  type SecretVariable,
  secretNames,
  type User,
  type Volume,
} from "../../../components/workload/index.ts";

/** Arbitrary parts of a WorkloadSpec, each as its constructor takes it. */

export const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

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
    fc.constantFrom("/etc/app", "/etc/app/sub", "/etc/conf", "/srv/it's", "/opt/x/y", "/opt/x-y", "/etc", "/data"),
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

const amount = (least: number, most: number) =>
  fc.tuple(whole(least, most), whole(0, most)).map(([request, more]) => ({ request, limit: request + more }));

export const amounts = (leastCpu: number): fc.Arbitrary<Resources> =>
  fc.record({ cpu: amount(leastCpu, 300), memory: amount(6, 256) }).map(resources);

export const users: fc.Arbitrary<User> = fc.oneof(
  fc.record({ kind: fc.constant("non-root" as const), uid: whole(1, 65_535), gid: whole(0, 65_535) }),
  fc.record({ kind: fc.constant("root" as const), reason: fc.constantFrom("reads logs of root", "it's 100 % needed") }),
);

/** Also names that a target could want for itself. */
const volumeName = fc.constantFrom("data", "log", "state", "tmp", "prepare", "probe", "files-0", "files");

/** Persistent ones for owners only: two instances would write to one. */
export const volumes = (isStateful: boolean): fc.Arbitrary<readonly Volume[]> => {
  const kinds = fc.constantFrom<readonly Volume["kind"][]>(
    ...(isStateful ? [["persistent"] as const, ["persistent", "scratch"] as const] : []),
    [],
    ["scratch"],
    ["host"],
    ["scratch", "host"],
  );
  const names = fc.uniqueArray(volumeName, { minLength: 2, maxLength: 2 });
  return fc.tuple(kinds, names, whole(1, 40), fc.boolean()).map(([all, named, size, readOnly]) =>
    all.map((kind, index): Volume => {
      const own = { name: named[index] ?? kind, path: `/volumes/${index}` };
      if (kind === "persistent") return { kind, ...own, sizeGiB: size };
      if (kind === "scratch") return { kind, ...own, sizeMiB: size };
      return { kind, ...own, hostPath: "/var/lib/there", readOnly };
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
