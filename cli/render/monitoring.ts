import { basename, posix } from "node:path";
import { provisioning } from "../../components/dashboards/files.ts";
import { describePlatform, filesOf, mountedFile } from "../../components/specification.ts";
import { readStackFile, stacksIn } from "../../stacks/files.ts";
import { readSettings } from "../../stacks/read.ts";
import { root } from "../root.ts";
import type { Rendered } from "./rendered.ts";

/** What is rendered, by the member that mounts it; `as` is its name here, where that is another. */
const mounted: readonly (readonly [member: string, path: string, as?: string])[] = [
  ["prometheus", "/etc/prometheus/prometheus.yml"],
  ["prometheus", "/etc/prometheus/alert.rules"],
  ["alertmanager", "/etc/alertmanager/alertmanager.yml"],
  ["alertmanager", "/etc/alertmanager/messages.tmpl"],
  ["loki", "/etc/loki-rules/fake/log-alerts.rules"],
  ["loki", "/etc/loki/loki.yml", "loki-config.yml"],
  ["promtail", "/etc/promtail/promtail.yml", "promtail-config.yml"],
];

/** monitoring/: the files of dev, and those of the other stacks in a folder each, to the letter what the targets mount. */
export const monitoringFiles = (): readonly Rendered[] =>
  stacksIn(root).flatMap((stack) => {
    const platform = describePlatform(readSettings(readStackFile(root, stack)));
    const folder = posix.join("monitoring", stack === "dev" ? "" : stack);
    return [
      ...mounted.map(([member, path, as = basename(path)]) => ({
        path: posix.join(folder, as),
        render: () => mountedFile(platform, member, path),
      })),
      ...filesOf(platform, "grafana").map(({ path, content }) => ({
        path: posix.join(folder, "grafana", "provisioning", posix.relative(provisioning, path)),
        render: () => content,
      })),
    ];
  });
