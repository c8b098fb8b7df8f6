import { protocolsOf, type WorkloadSpec } from "../../workload/index.ts";
import { containerCount } from "./container.ts";
import { fileFolders, isInside } from "./files.ts";
import { hostPorts } from "./ports.ts";

/** The smallest weight that the kernel takes (kernel.org "CFS scheduler", cpu.shares) is 2 of 1024. */
const smallestCpuRequest = 2;

/** What Docker cannot keep of a workload; each message names workload, field, value, what is allowed and the way out. */
export const problems = (spec: WorkloadSpec): readonly string[] =>
  [...replicaProblems(spec), ...protocolProblems(spec), ...resourceProblems(spec), ...fileProblems(spec)].map(
    (problem) => `workload ${spec.name}: ${problem}`,
  );

function replicaProblems(spec: WorkloadSpec): string[] {
  const count = containerCount(spec);
  const owned = hostPorts(spec).map(({ number }) => number);
  return count > 1 && owned.length > 0
    ? [
        `placement asks for ${count} replicas that all own port ${owned.join(", ")} of the one Docker host; set replicas to 1`,
      ]
    : [];
}

/** Only on Kubernetes, where several instances of one workload gossip, is UDP opened between them. */
const protocolProblems = ({ ports }: WorkloadSpec): string[] =>
  ports
    .filter((port) => protocolsOf(port).includes("UDP"))
    .map(({ name }) => `port ${name} asks for UDP, which this target does not open; run one instance without it`);

const resourceProblems = ({ resources }: WorkloadSpec): string[] =>
  resources.cpu.request < smallestCpuRequest
    ? [
        `resources.cpu.request is ${resources.cpu.request} thousandth of a core; Docker's smallest share is ${smallestCpuRequest}`,
      ]
    : [];

function fileProblems(spec: WorkloadSpec): string[] {
  const folders = fileFolders(spec).map(({ path }) => path);
  return [
    ...folders
      .filter((folder) => folder === "/")
      .map(() => "a file lies in /, which no volume can be mounted on; put it into a folder of its own"),
    ...folders.flatMap((folder) =>
      spec.volumes
        .filter(({ path }) => path === folder || isInside(path, folder) || isInside(folder, path))
        .map(
          ({ name }) =>
            `a file lies in ${folder}, which overlaps the volume "${name}"; put it into a folder of its own`,
        ),
    ),
    ...spec.files
      .filter(({ content }) => content === "")
      .map(({ path }) => `file ${path} is empty; the Docker provider uploads no empty file: give it a comment line`),
  ];
}
