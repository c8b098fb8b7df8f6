import { basename, posix } from "node:path";
import { provisioning } from "../../components/dashboards/files.ts";
import { describePlatform, filesOf } from "../../components/specification.ts";
import { readStackFile, stacksIn } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { root } from "../root.ts";
import type { Rendered } from "./rendered.ts";

/** Members whose files stand side by side; `as`: a file's name here, where that is another. */
const together: Readonly<Record<string, { readonly as?: Readonly<Record<string, string>> }>> = {
  prometheus: { as: { "probe.yml": "prometheus-probe.yml" } },
  alertmanager: { as: { "probe.yml": "alertmanager-probe.yml" } },
  loki: { as: { "loki.yml": "loki-config.yml" } },
  promtail: { as: { "promtail.yml": "promtail-config.yml" } },
};

/** Where a file that a member mounts is found in a folder of monitoring/. */
export function placeOf(folder: string, member: string, path: string): string {
  if (member === "grafana") return posix.join(folder, "grafana", "provisioning", posix.relative(provisioning, path));
  const name = basename(path);
  const own = together[member];
  return own === undefined ? posix.join(folder, member, name) : posix.join(folder, own.as?.[name] ?? name);
}

/** The folder with a stack's files. */
export const folderOf = (stack: string): string => posix.join("monitoring", stack === "dev" ? "" : stack);

/** monitoring/: the files of dev, and those of the other stacks in a folder each, to the letter what the targets mount. */
export const monitoringFiles = (): readonly Rendered[] =>
  stacksIn(root).flatMap((stack) => {
    const platform = describePlatform(readSettings(readStackFile(root, stack)));
    return [...Object.keys(together), "grafana"].flatMap((member) =>
      filesOf(platform, member).map(({ path, content }) => ({
        path: placeOf(folderOf(stack), member, path),
        render: () => content,
      })),
    );
  });
