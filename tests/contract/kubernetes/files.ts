import { at, list, number, text } from "../../support/json.ts";
import type { Rendered } from "../../support/render.ts";
import { type HeldSecret, type Observed, sorted } from "../observed.ts";
import { ofKind } from "./objects.ts";

/** What a key of a Secret holds, whatever the Secret was named by. */
export function secretEntry(name: unknown, key: unknown, resources: readonly Rendered[]): HeldSecret {
  const found = ofKind(resources, "Secret").find(
    (secret) => (at(secret.inputs.metadata, "name") ?? secret.name) === name,
  );
  const value = text(at(found?.inputs.stringData, text(key) ?? "")) ?? "missing";
  return { text: value, held: found?.secret.includes("stringData") === true ? "reference" : "open" };
}

/** A file of a projected volume: config or secret. */
interface Projected {
  /** Below the volume. */
  readonly path: string;
  readonly content: HeldSecret | string;
}

/** What each source of a projected volume puts where. */
function projectedFiles(volume: unknown, resources: readonly Rendered[]): readonly Projected[] {
  const mode = number(at(volume, "projected", "defaultMode")) ?? 0o644;
  return list(at(volume, "projected", "sources")).flatMap((source) => {
    const config = at(source, "configMap");
    const secret = at(source, "secret");
    return list(at(config ?? secret, "items")).map((item): Projected => {
      const path = text(at(item, "path")) ?? "";
      if (config === undefined) {
        const entry = secretEntry(at(secret, "name"), at(item, "key"), resources);
        // Others than user and group must not read it.
        return { path, content: (mode & 0o007) === 0 ? entry : { ...entry, held: "open" } };
      }
      const map = ofKind(resources, "ConfigMap").find(
        (candidate) => at(candidate.inputs.metadata, "name") === at(config, "name"),
      );
      return { path, content: text(at(map?.inputs.data, text(at(item, "key")) ?? "")) ?? "missing" };
    });
  });
}

/** Files are there where a projected volume is mounted read-only: as a folder, or one of them alone (`subPath`). */
export function readFiles(
  pod: unknown,
  container: unknown,
  resources: readonly Rendered[],
): Pick<Observed, "files" | "secretFiles" | "hiddenFolders"> {
  const mounted = list(at(container, "volumeMounts"))
    .filter((mount) => at(mount, "readOnly") === true)
    .map((mount) => ({
      path: text(at(mount, "mountPath")) ?? "",
      single: text(at(mount, "subPath")),
      files: projectedFiles(
        list(at(pod, "volumes")).find((candidate) => at(candidate, "name") === at(mount, "name")),
        resources,
      ),
    }));
  const all = mounted.flatMap(({ path, single, files }) =>
    files
      .filter((file) => single === undefined || file.path === single)
      .map((file): [string, Projected["content"]] => [
        single === undefined ? `${path}/${file.path}` : path,
        file.content,
      ]),
  );
  return {
    files: Object.fromEntries(all.flatMap(([path, content]) => (typeof content === "string" ? [[path, content]] : []))),
    secretFiles: Object.fromEntries(
      all.flatMap(([path, content]) => (typeof content === "string" ? [] : [[path, content]])),
    ),
    hiddenFolders: sorted(
      mounted.filter(({ single, files }) => single === undefined && files.length > 0).map(({ path }) => path),
    ),
  };
}
