import type { WorkloadSpec } from "../../workload/index.ts";
import { apiGroupOf } from "./access.ts";
import { fileKey } from "./files.ts";
import { stuckFiles } from "./places.ts";

/** The API server refuses a larger ConfigMap (kubernetes.io "ConfigMaps": at most 1 MiB). */
const configMapBytes = 1_048_576;

/** What a cluster cannot keep of a workload; each message names workload, field, value, what is allowed and the way out. */
export const problems = (spec: WorkloadSpec): readonly string[] => [
  ...scalingProblems(spec),
  ...sizeProblems(spec),
  ...volumeProblems(spec),
  ...keyProblems(spec.name, [...spec.files, ...spec.secretFiles]),
  ...stuckProblems(spec),
  ...accessProblems(spec),
];

function scalingProblems({ name, placement }: WorkloadSpec): string[] {
  if (placement.kind !== "stateless" || placement.scaling.kind === "fixed") return [];
  const { target } = placement.scaling;
  return target.metric === "cpu"
    ? []
    : [
        `${name}: scaling by ${target.perSecond} requests per second needs a metrics adapter that this platform does not run on Kubernetes; scale by the metric cpu, or by a fixed number of replicas`,
      ];
}

function sizeProblems({ name, files }: WorkloadSpec): string[] {
  const bytes = files.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  return bytes <= configMapBytes
    ? []
    : [`${name}: files have ${bytes} bytes together; a ConfigMap takes at most ${configMapBytes}: shorten them`];
}

/** The volumes of a pod's files, which mountedFiles() makes. */
const volumeProblems = ({ name, volumes }: WorkloadSpec): string[] =>
  volumes
    .filter((volume) => /^files(?:-\d+)?$/.test(volume.name))
    .map((volume) => `${name}: volume "${volume.name}" has a name that a pod's files have; choose another`);

/** Two files of one ConfigMap or Secret with one key: the second would silently take the place of the first. */
function keyProblems(name: string, files: readonly { readonly path: string }[]): string[] {
  const byKey = Map.groupBy(files, ({ path }) => fileKey(path));
  return [...byKey]
    .filter(([, same]) => same.length > 1)
    .map(([key, same]) => {
      const paths = same.map(({ path }) => path).join(", ");
      return `${name}: the paths ${paths} would all be the key "${key}" of a ConfigMap or Secret; rename one`;
    });
}

/** What changes under running pods is in folders that Vault's agent alone fills, or a Secret alone. */
function stuckProblems(spec: WorkloadSpec): string[] {
  const stuck = stuckFiles(spec);
  if (stuck.length === 0) return [];
  const fetched = new Set(spec.agent?.files.map(({ path }) => path));
  const held = stuck.map(({ path, secret }) => `secrets.${secret} ${fetched.has(path) ? "in Vault" : "elsewhere"}`);
  return [
    `${spec.name}: ${stuck.map(({ path }) => path).join(" and ")} change while it runs, which a pod sees where all files of the folder come from Vault, or none; there is ${held.join(", ")}: say the same for them`,
  ];
}

const accessProblems = ({ name, kubernetesAccess }: WorkloadSpec): string[] =>
  (kubernetesAccess?.resources ?? [])
    .filter((resource) => apiGroupOf(resource) === undefined)
    .map(
      (resource) =>
        `${name}: kubernetesAccess names "${resource}", whose API group components/targets/kubernetes/access.ts does not know; add it there`,
    );
