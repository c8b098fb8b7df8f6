import type { WorkloadSpec } from "../../workload/index.ts";
import { fileFolders } from "./container.ts";

/** Folders that images need; a volume over one of them would hide what is in it. */
const systemFolders = new Set(["/", "/bin", "/etc", "/lib", "/opt", "/root", "/sbin", "/usr", "/var", "/var/lib"]);

/** What one daemon cannot keep of a workload; each one message. */
export function problems(spec: WorkloadSpec): readonly string[] {
  const { placement } = spec;
  const found = [
    ...(placement.kind === "stateful" && placement.replicas > 1
      ? [`placement.replicas is ${placement.replicas}; two containers would write to one volume, so it must be 1`]
      : []),
    ...fileFolders(spec)
      .filter((folder) => systemFolders.has(folder))
      .map(
        (folder) => `a file lies in ${folder}, which would be hidden under a volume; put it into a folder of its own`,
      ),
  ];
  return found.map((problem) => `workload ${spec.name}: ${problem}`);
}
