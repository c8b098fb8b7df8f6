import { at, list, text } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import type { Observed, ObservedVolume } from "../observed.ts";

/** Claims that outlive the controller, memory with a limit, and folders of the host. */
export function readVolumes(controller: Rendered, pod: unknown, container: unknown): Observed["volumes"] {
  const mounts = list(at(container, "volumeMounts"));
  const claims = list(at(controller.inputs.spec, "volumeClaimTemplates"));
  const keeps = at(controller.inputs.spec, "persistentVolumeClaimRetentionPolicy", "whenDeleted") === "Retain";
  return Object.fromEntries(
    mounts.flatMap((mount): [string, ObservedVolume][] => {
      const path = text(at(mount, "mountPath")) ?? "";
      const readOnly = at(mount, "readOnly") === true;
      const claim = claims.find((candidate) => at(candidate, "metadata", "name") === at(mount, "name"));
      const size = /^(\d+)Gi$/.exec(text(at(claim, "spec", "resources", "requests", "storage")) ?? "")?.[1];
      if (claim !== undefined)
        return keeps ? [[path, { kind: "persistent", sizeGiB: Number(size), sharedGiB: null }]] : [];
      const volume = list(at(pod, "volumes")).find((candidate) => at(candidate, "name") === at(mount, "name"));
      const hostPath = text(at(volume, "hostPath", "path"));
      if (hostPath !== undefined) return [[path, { kind: "host", hostPath, readOnly }]];
      const empty = at(volume, "emptyDir");
      const limit = /^(\d+)Mi$/.exec(text(at(empty, "sizeLimit")) ?? "")?.[1];
      return at(empty, "medium") === "Memory" && !readOnly ? [[path, { kind: "scratch", sizeMiB: Number(limit) }]] : [];
    }),
  );
}
